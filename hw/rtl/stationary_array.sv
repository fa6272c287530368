// A ROWS x COLUMNS array whose PEs hold one operand while the other streams past: weight stationary
// and input stationary. Streamed rows enter at the left, row lane r by r cycles later than lane 0;
// sums move down into the accumulators below, column by column.
//
//   a stream starts at edge s                         command_valid && command_ready
//   its first element enters PE (0, 0) at             s + 1
//   its last sum leaves PE (ROWS-1, COLUMNS-1) at     s + length + ROWS + COLUMNS - 2
//
// where stream_done is high in the cycle before that edge, from which on dependent work may start.
module stationary_array
  import array_pkg::*;
  import stationary_pkg::*;
#(
    parameter int ROWS = 4,
    parameter int COLUMNS = 4,
    parameter int PACKING = SIMD,
    parameter int BUFFERS = 2,
    parameter int LOAD = PIPELINED,
    parameter int HOLDS = WEIGHTS,
    parameter int ADDRESS_BITS = 8,
    parameter int LENGTH_BITS = 16,
    localparam int ACTIVATION_BITS = activation_bits(PACKING),
    localparam int WEIGHT_BITS = weight_bits(PACKING),
    localparam int HELD_BITS = HOLDS == ACTIVATIONS ? ACTIVATION_BITS : WEIGHT_BITS,
    localparam int STREAM_BITS = HOLDS == ACTIVATIONS ? WEIGHT_BITS : ACTIVATION_BITS,
    localparam int ROW_BITS = $clog2(ROWS + 1),
    localparam int COLUMN_BITS = $clog2(COLUMNS + 1)
) (
    input logic clk,
    input logic rst,

    // loads of the stationary operand
    input logic load_valid,
    output logic load_ready,
    input logic [ROW_BITS-1:0] load_rows,
    input logic [COLUMN_BITS-1:0] load_columns,
    input logic word_valid,
    output logic word_take,
    output logic [ROW_BITS-1:0] word_row,
    input logic [HELD_BITS-1:0] word[COLUMNS],
    output logic load_done,

    // streams
    input logic stream_valid,
    output logic stream_ready,
    input logic stream_swap,
    input operands_t stream_operands,
    input logic stream_accumulate,
    input logic [ADDRESS_BITS-1:0] stream_address,
    input logic [LENGTH_BITS-1:0] stream_length,
    input logic [COLUMN_BITS-1:0] stream_columns,
    input logic row_valid,
    output logic row_take,
    input logic [STREAM_BITS-1:0] row[ROWS],
    output logic stream_done,

    // accumulators
    input logic [ADDRESS_BITS-1:0] read_address,
    output logic signed [SUM_BITS-1:0] read_data[COLUMNS]
);
  typedef struct packed {
    logic valid;
    logic last;
    logic accumulate;
    logic [ADDRESS_BITS-1:0] address;
    logic [COLUMN_BITS-1:0] columns;
  } tag_t;
  localparam int TagBits = $bits(tag_t);
  localparam int LaneBits = 1 + 2 + STREAM_BITS;
  localparam int WordBits = 2 + HELD_BITS;

  // At the edges commands become rows and words, in registers.
  logic stream_start, row_last, loaded, empty;
  logic step_swap;
  operands_t step_operands;
  tag_t step;
  logic [STREAM_BITS-1:0] lane[ROWS];
  logic word_load, word_first;
  logic [HELD_BITS-1:0] word_lane[COLUMNS];

  feeder #(.LENGTH_BITS(LENGTH_BITS)) rows_in (
      .clk, .rst, .command_valid(stream_valid), .command_ready(stream_ready),
      .may_start(loaded || !stream_swap), .length(stream_length), .row_valid,
      .start(stream_start), .row_take, .last(row_last));
  always_ff @(posedge clk)
    if (rst) begin
      step <= '0;
      step_swap <= 1'b0;
      step_operands <= INT8_INT8;
    end else begin
      step_swap <= stream_start && stream_swap;
      step.valid <= row_take;
      step.last <= row_last;
      if (stream_start) begin
        step_operands <= stream_operands;
        step.accumulate <= stream_accumulate;
        step.columns <= stream_columns;
        step.address <= stream_address;
      end else if (row_take) begin
        step.address <= step.address + ADDRESS_BITS'(1);
      end
    end
  always_ff @(posedge clk) lane <= row;

  tile_loader #(.ROWS(ROWS), .COLUMNS(COLUMNS), .WIDTH(HELD_BITS), .BUFFERS(BUFFERS),
                .LOAD(LOAD), .ROW_BITS(ROW_BITS), .COLUMN_BITS(COLUMN_BITS)) words_in (
      .clk, .rst,
      .command_valid(load_valid), .command_ready(load_ready), .rows(load_rows),
      .columns(load_columns), .word_valid, .word_take, .word_row, .word,
      .swap(stream_start && stream_swap), .empty, .loaded, .done(load_done),
      .lane_load(word_load), .lane_first(word_first), .lane(word_lane));

  if (BUFFERS == 1) begin : single
    occupancy #(.BITS($clog2(ROWS + COLUMNS + 1))) streams (
        .clk, .rst, .start(stream_start), .done(stream_done), .empty);
  end else begin : double
    assign empty = 1'b0;
  end

  // The grid. Wires are named for the PE that they enter.
  logic swap[ROWS][COLUMNS+1];
  operands_t operands[ROWS][COLUMNS+1];
  logic [STREAM_BITS-1:0] stream[ROWS][COLUMNS+1];
  logic load[ROWS+1][COLUMNS];
  logic first[ROWS+1][COLUMNS];
  logic [HELD_BITS-1:0] held[ROWS+1][COLUMNS];
  logic signed [SUM_BITS-1:0] sum[ROWS+1][COLUMNS];

  for (genvar r = 0; r < ROWS; r++) begin : left
    skew #(.WIDTH(LaneBits), .DEPTH(r)) delay (
        .clk, .rst, .in({step_swap, step_operands, lane[r]}),
        .out({swap[r][0], operands[r][0], stream[r][0]}));
  end
  for (genvar c = 0; c < COLUMNS; c++) begin : top
    skew #(.WIDTH(WordBits), .DEPTH(c)) delay (
        .clk, .rst, .in({word_load, word_first, word_lane[c]}),
        .out({load[0][c], first[0][c], held[0][c]}));
    assign sum[0][c] = '0;
  end
  for (genvar r = 0; r < ROWS; r++) begin : grid_row
    for (genvar c = 0; c < COLUMNS; c++) begin : grid_column
      stationary_pe #(.PACKING(PACKING), .BUFFERS(BUFFERS), .LOAD(LOAD),
                      .HOLDS(HOLDS)) pe (
          .clk, .rst,
          // A chain's rows shift together: the column's enable goes to all of them.
          .load_in(LOAD == PIPELINED ? load[r][c] : load[0][c]), .first_in(first[r][c]),
          .word_in(held[r][c]), .load_out(load[r+1][c]), .first_out(first[r+1][c]),
          .word_out(held[r+1][c]),
          .swap_in(swap[r][c]), .operands_in(operands[r][c]), .stream_in(stream[r][c]),
          .swap_out(swap[r][c+1]), .operands_out(operands[r][c+1]), .stream_out(stream[r][c+1]),
          .sum_in(sum[r][c]), .sum_out(sum[r+1][c]));
    end
  end

  // Below: a row's tag waits for its sums to come down, then moves right with them.
  tag_t tag[COLUMNS];
  skew #(.WIDTH(TagBits), .DEPTH(ROWS - 1)) tag_delay (.clk, .rst, .in(step), .out(tag[0]));
  for (genvar c = 0; c < COLUMNS; c++) begin : bottom
    if (c > 0) begin : ripple
      skew #(.WIDTH(TagBits), .DEPTH(1)) hop (.clk, .rst, .in(tag[c-1]), .out(tag[c]));
    end
    accumulator_bank #(.ADDRESS_BITS(ADDRESS_BITS)) bank (
        .clk, .rst,
        .valid(tag[c].valid && COLUMN_BITS'(c) < tag[c].columns), .accumulate(tag[c].accumulate),
        .address(tag[c].address), .sum(sum[ROWS][c]), .read_address, .read_data(read_data[c]));
  end
  assign stream_done = tag[COLUMNS-1].valid && tag[COLUMNS-1].last;
endmodule
