// A ROWS x COLUMNS array whose PEs hold the sums while both operands stream past: activations from
// the left, row lane r by r cycles later than lane 0, weights from the top, column lane c by c.
//
//   a stream starts at edge s                           command_valid && command_ready
//   its first operands enter PE (0, 0) at               s + 1
//   PE (ROWS-1, COLUMNS-1) adds its last product at     s + length + ROWS + COLUMNS - 2
//   the last sum leaves the bottom of the array at      s + length + 2 ROWS + COLUMNS - 3
//
// where stream_done is high in the cycle before that last edge, from which on dependent work may
// start; so it is for a stream whose sums stay, too.
module output_stationary_array
  import array_pkg::*;
#(
    parameter int ROWS = 4,
    parameter int COLUMNS = 4,
    parameter int PACKING = SIMD,
    parameter int BUFFERS = 2,
    parameter int ADDRESS_BITS = 8,
    parameter int LENGTH_BITS = 16,
    localparam int ACTIVATION_BITS = activation_bits(PACKING),
    localparam int WEIGHT_BITS = weight_bits(PACKING),
    localparam int ROW_BITS = $clog2(ROWS + 1),
    localparam int COLUMN_BITS = $clog2(COLUMNS + 1)
) (
    input logic clk,
    input logic rst,

    // streams
    input logic stream_valid,
    output logic stream_ready,
    input logic stream_opens,  // a new tile: its sums start at zero
    input logic stream_drains,  // its sums leave afterwards
    input operands_t stream_operands,
    input logic stream_accumulate,
    input logic [ADDRESS_BITS-1:0] stream_address,
    input logic [LENGTH_BITS-1:0] stream_length,
    input logic [ROW_BITS-1:0] stream_rows,  // whose sums are kept; the others add up anything
    input logic [COLUMN_BITS-1:0] stream_columns,
    input logic row_valid,  // of activations and of weights
    output logic row_take,
    input logic [ACTIVATION_BITS-1:0] activations[ROWS],
    input logic [WEIGHT_BITS-1:0] weights[COLUMNS],
    output logic stream_done,

    // accumulators
    input logic [ADDRESS_BITS-1:0] read_address,
    output logic signed [SUM_BITS-1:0] read_data[COLUMNS]
);
  // What goes with a row of operands to the last row of PEs.
  typedef struct packed {
    logic last;  // row of the stream
    logic drains;
    logic accumulate;
    logic [ADDRESS_BITS-1:0] address;
    logic [ROW_BITS-1:0] rows;
    logic [COLUMN_BITS-1:0] columns;
  } step_t;
  // What goes with a word to its accumulator.
  typedef struct packed {
    logic valid;
    logic accumulate;
    logic [ADDRESS_BITS-1:0] address;
    logic [COLUMN_BITS-1:0] columns;
    logic done;  // of the stream
  } tag_t;
  localparam int StepBits = $bits(step_t);
  localparam int TagBits = $bits(tag_t);
  localparam int LaneBits = 1 + 1 + 1 + 2 + ACTIVATION_BITS;

  // At the edges commands become rows, in registers.
  logic stream_start, row_last, empty, drain_free;
  logic step_valid, step_first;
  operands_t step_operands;
  step_t step;
  logic [ACTIVATION_BITS-1:0] left_lane[ROWS];
  logic [WEIGHT_BITS-1:0] top_lane[COLUMNS];

  feeder #(.LENGTH_BITS(LENGTH_BITS)) rows_in (
      .clk, .rst, .command_valid(stream_valid), .command_ready(stream_ready),
      .may_start((!stream_drains || drain_free) && (!stream_opens || empty)),
      .length(stream_length), .row_valid, .start(stream_start), .row_take, .last(row_last));
  always_ff @(posedge clk)
    if (rst) begin
      step_valid <= 1'b0;
      step_first <= 1'b0;
      step_operands <= INT8_INT8;
      step <= '0;
    end else begin
      step_valid <= row_take;
      step_first <= stream_start && stream_opens;
      step.last <= row_last;
      if (stream_start) begin
        step_operands <= stream_operands;
        step.drains <= stream_drains;
        step.accumulate <= stream_accumulate;
        step.address <= stream_address;
        step.rows <= stream_rows;
        step.columns <= stream_columns;
      end
    end
  always_ff @(posedge clk) begin
    left_lane <= activations;
    top_lane <= weights;
  end

  // Sums take ROWS cycles to leave: the last row of a stream must not enter earlier after the last
  // row of the one whose sums left before it.
  logic [ROW_BITS-1:0] leaving;
  logic drains_now;
  assign drains_now = row_last && (stream_start ? stream_drains : step.drains);
  always_ff @(posedge clk)
    if (rst) leaving <= '0;
    else if (drains_now) leaving <= ROW_BITS'(ROWS - 1);
    else if (leaving != '0) leaving <= leaving - ROW_BITS'(1);
  assign drain_free = LENGTH_BITS'(leaving) < stream_length;

  if (BUFFERS == 1) begin : single
    occupancy #(.BITS($clog2(2 * ROWS + COLUMNS + 1))) streams (
        .clk, .rst, .start(stream_start), .done(stream_done), .empty);
  end else begin : double
    assign empty = 1'b1;
  end

  // The grid. Wires are named for the PE that they enter.
  logic valid[ROWS][COLUMNS+1];
  logic first[ROWS][COLUMNS+1];
  logic last[ROWS][COLUMNS+1];
  operands_t operands[ROWS][COLUMNS+1];
  logic [ACTIVATION_BITS-1:0] activation[ROWS][COLUMNS+1];
  logic [WEIGHT_BITS-1:0] weight[ROWS+1][COLUMNS];
  logic signed [SUM_BITS-1:0] drain_in[ROWS+1][COLUMNS];
  logic signed [SUM_BITS-1:0] drain[ROWS][COLUMNS];

  for (genvar r = 0; r < ROWS; r++) begin : left
    skew #(.WIDTH(LaneBits), .DEPTH(r)) delay (
        .clk, .rst,
        .in({step_valid, step_first, step.last && step.drains, step_operands, left_lane[r]}),
        .out({valid[r][0], first[r][0], last[r][0], operands[r][0], activation[r][0]}));
  end
  for (genvar c = 0; c < COLUMNS; c++) begin : top
    skew #(.WIDTH(WEIGHT_BITS), .DEPTH(c)) delay (
        .clk, .rst, .in(top_lane[c]), .out(weight[0][c]));
    assign drain_in[0][c] = '0;
  end
  for (genvar r = 0; r < ROWS; r++) begin : grid_row
    for (genvar c = 0; c < COLUMNS; c++) begin : grid_column
      output_pe #(.PACKING(PACKING), .BUFFERS(BUFFERS)) pe (
          .clk, .rst,
          .valid_in(valid[r][c]), .first_in(first[r][c]), .last_in(last[r][c]),
          .operands_in(operands[r][c]), .activation_in(activation[r][c]),
          .valid_out(valid[r][c+1]), .first_out(first[r][c+1]), .last_out(last[r][c+1]),
          .operands_out(operands[r][c+1]), .activation_out(activation[r][c+1]),
          .weight_in(weight[r][c]), .weight_out(weight[r+1][c]),
          .drain_in(drain_in[r][c]), .drain(drain[r][c]), .drain_out(drain_in[r+1][c]));
    end
  end

  // Below: the stream's end comes down with its last row, and once more as far for the sums of the
  // first row of PEs; then it moves right with them.
  step_t bottom_step;
  tag_t tag[COLUMNS];
  skew #(.WIDTH(StepBits), .DEPTH(ROWS - 1)) step_delay (.clk, .rst, .in(step), .out(bottom_step));
  drain_sequencer #(.ROWS(ROWS), .ROW_BITS(ROW_BITS), .COLUMN_BITS(COLUMN_BITS),
                    .ADDRESS_BITS(ADDRESS_BITS)) words_out (
      .clk, .rst, .start(bottom_step.last && bottom_step.drains),
      .accumulate(bottom_step.accumulate), .address(bottom_step.address), .rows(bottom_step.rows),
      .columns(bottom_step.columns), .word_valid(tag[0].valid),
      .word_accumulate(tag[0].accumulate), .word_address(tag[0].address),
      .word_columns(tag[0].columns));
  skew #(.WIDTH(1), .DEPTH(ROWS - 1)) done_delay (
      .clk, .rst, .in(bottom_step.last), .out(tag[0].done));
  for (genvar c = 0; c < COLUMNS; c++) begin : bottom
    if (c > 0) begin : ripple
      skew #(.WIDTH(TagBits), .DEPTH(1)) hop (.clk, .rst, .in(tag[c-1]), .out(tag[c]));
    end
    accumulator_bank #(.ADDRESS_BITS(ADDRESS_BITS)) bank (
        .clk, .rst,
        .valid(tag[c].valid && COLUMN_BITS'(c) < tag[c].columns), .accumulate(tag[c].accumulate),
        .address(tag[c].address), .sum(drain[ROWS-1][c]), .read_address,
        .read_data(read_data[c]));
  end
  assign stream_done = tag[COLUMNS-1].done;
endmodule
