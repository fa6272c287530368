// Takes load commands and counts their words (rows of the stationary tile) into the array, zeros
// where the tile has fewer rows or columns than the array. A load starts at the edge at which it
// and its first word are there and the plane is free, and takes ROWS words.
module tile_loader
  import stationary_pkg::*;
#(
    parameter int ROWS = 4,
    parameter int COLUMNS = 4,
    parameter int WIDTH = 8,
    parameter int BUFFERS = 2,
    parameter int LOAD = PIPELINED,
    parameter int ROW_BITS = 4,
    parameter int COLUMN_BITS = 4
) (
    input logic clk,
    input logic rst,

    input logic command_valid,
    output logic command_ready,
    input logic [ROW_BITS-1:0] rows,
    input logic [COLUMN_BITS-1:0] columns,

    input logic word_valid,
    output logic word_take,
    output logic [ROW_BITS-1:0] word_row,  // the row wanted now
    input logic [WIDTH-1:0] word[COLUMNS],

    input logic swap,  // a stream that takes the loaded tile starts at the coming edge
    input logic empty,  // no stream is under way, or the last one ends at the coming edge
    output logic loaded,  // a tile waits for its stream
    output logic done,  // the last word entered at the edge before

    output logic lane_load,
    output logic lane_first,
    output logic [WIDTH-1:0] lane[COLUMNS]
);
  localparam logic [ROW_BITS-1:0] LastRow = ROW_BITS'(ROWS - 1);

  logic [ROW_BITS-1:0] taken;  // words of the load under way; 0: none
  logic [ROW_BITS-1:0] tile_rows, tile_rows_held;
  logic [COLUMN_BITS-1:0] tile_columns, tile_columns_held;
  logic plane_free, start, last;

  if (BUFFERS == 1) begin : single
    logic unused;
    assign unused = swap;
    assign plane_free = !loaded && empty;
  end else if (LOAD == PIPELINED || ROWS == 1) begin : pipelined
    logic unused;
    assign unused = empty;
    assign plane_free = !loaded || swap;
  end else begin : chained
    // The swap reaches the last row ROWS - 1 cycles after it starts.
    logic [ROW_BITS-1:0] swapping;
    logic unused;
    assign unused = empty;
    always_ff @(posedge clk)
      if (rst) swapping <= '0;
      else if (swap) swapping <= ROW_BITS'(ROWS - 2);
      else if (swapping != '0) swapping <= swapping - ROW_BITS'(1);
    assign plane_free = !loaded && swapping == '0;
  end

  assign command_ready = taken == '0 && word_valid && plane_free;
  assign start = command_valid && command_ready;
  assign word_take = start || (taken != '0 && word_valid);
  assign word_row = LOAD == CHAINED ? LastRow - taken : taken;
  assign last = word_take && taken == LastRow;
  assign tile_rows = start ? rows : tile_rows_held;
  assign tile_columns = start ? columns : tile_columns_held;

  always_ff @(posedge clk)
    if (rst) begin
      taken <= '0;
      loaded <= 1'b0;
      done <= 1'b0;
      lane_load <= 1'b0;
      lane_first <= 1'b0;
    end else begin
      if (word_take) taken <= last ? '0 : taken + ROW_BITS'(1);
      if (last) loaded <= 1'b1;
      else if (swap) loaded <= 1'b0;
      done <= last;
      lane_load <= word_take;
      lane_first <= start;
    end

  always_ff @(posedge clk) begin
    tile_rows_held <= tile_rows;
    tile_columns_held <= tile_columns;
    for (int c = 0; c < COLUMNS; c++)
      lane[c] <= word_row < tile_rows && COLUMN_BITS'(c) < tile_columns ? word[c] : '0;
  end
endmodule
