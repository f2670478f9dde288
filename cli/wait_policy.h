// How OpenMP's threads wait for each other. By default they spin, which on a machine with other work burns
// the time that a thread they wait for would need: many short parallel loops took 45 times as long on two
// busy cores.
#pragma once

namespace ax::cli {

// Starts the program again with OMP_WAIT_POLICY=passive, unless the environment decides already: the OpenMP
// runtime reads it before main. Goes on as it is where that can't be done.
void use_passive_waiting(char** argv);

}  // namespace ax::cli
