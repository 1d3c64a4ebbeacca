// The bench on which the host board lies: what is at its pins is told by lines that the
// program reads from its standard input, and what happens there it prints.
//
//   adc PIN MV       a pin has so many millivolts
//   step PIN MV TOP  it gets so many more each time that it is read; from TOP on it
//                    begins at 0 again
//   watch IS_WATCHED 1: prints "read PIN MV at SECONDS" (since 1970) whenever the
//                    sketch has read a voltage; 0: no more
//   pin PIN LEVEL    a pin is held at this level (0 or 1)
//   echo CM          how far away the HC-SR04 sees something; 0: nothing
//   wifi IS_THERE    0: the Wi-Fi goes, with the connection; 1: it comes
//   restart          presses the reset button: the board begins anew, nobody is told
//   status           prints how the board is doing
//   quit             ends the program, as the end of the input does
//
// What is there at the start is in SENSORBOARD_BENCH: such lines, too. It prints "pin
// PIN VALUE" when the sketch has changed an output.

#ifndef SENSORBOARD_HOST_BENCH_H
#define SENSORBOARD_HOST_BENCH_H

// Shows what has changed, takes lines that have come, and waits so long for one (in
// ms). False if the program is to end.
bool tendBench(int ms);

// Whether somebody has asked for the status since this was last called.
bool isStatusWanted();

bool hasWiFi();

// To be called at the beginning, with those of the program.
void prepareBench(char **arguments);

// Starts the program anew, as a board that restarts. What is at its pins stays. So do
// connections, which nobody knows of any more: the other end of one hears nothing.
void restartProgram();

#endif
