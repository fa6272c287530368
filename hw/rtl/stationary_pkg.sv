// What the PEs of a stationary array hold, and how it comes in.
package stationary_pkg;
  localparam int WEIGHTS = 0;
  localparam int ACTIVATIONS = 1;

  localparam int CHAINED = 0;
  localparam int PIPELINED = 1;
endpackage
