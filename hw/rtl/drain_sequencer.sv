// Names the words that leave the bottom of column 0: when a tile's last row of operands reaches the
// last row of PEs, that row's sums follow at the same edge and the rows above at the next ROWS - 1.
module drain_sequencer #(
    parameter int ROWS = 4,
    parameter int ROW_BITS = 3,
    parameter int COLUMN_BITS = 3,
    parameter int ADDRESS_BITS = 8
) (
    input logic clk,
    input logic rst,
    // at the last row of PEs
    input logic start,
    input logic accumulate,
    input logic [ADDRESS_BITS-1:0] address,  // of row 0's word
    input logic [ROW_BITS-1:0] rows,  // that the tile has
    input logic [COLUMN_BITS-1:0] columns,
    // the word that enters the last row's drain register at the coming edge
    output logic word_valid,
    output logic word_accumulate,
    output logic [ADDRESS_BITS-1:0] word_address,
    output logic [COLUMN_BITS-1:0] word_columns
);
  logic [ROW_BITS-1:0] left;  // words still to come
  logic [ROW_BITS-1:0] row;
  logic accumulate_held;
  logic [ADDRESS_BITS-1:0] address_held;
  logic [ROW_BITS-1:0] rows_held;
  logic [COLUMN_BITS-1:0] columns_held;

  assign row = start ? ROW_BITS'(ROWS - 1) : left - ROW_BITS'(1);
  assign word_valid = (start || left != '0) && row < (start ? rows : rows_held);
  assign word_accumulate = start ? accumulate : accumulate_held;
  assign word_address = (start ? address : address_held) + ADDRESS_BITS'(row);
  assign word_columns = start ? columns : columns_held;

  always_ff @(posedge clk)
    if (rst) left <= '0;
    else if (start) left <= ROW_BITS'(ROWS - 1);
    else if (left != '0) left <= left - ROW_BITS'(1);
  always_ff @(posedge clk)
    if (start) begin
      accumulate_held <= accumulate;
      address_held <= address;
      rows_held <= rows;
      columns_held <= columns;
    end
endmodule
