package main

import "golang.org/x/sys/windows"

// addressInUse is the error of a port at which somebody else listens.
const addressInUse = windows.WSAEADDRINUSE
