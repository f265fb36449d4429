package main

import (
	"time"
	_ "time/tzdata" // images and bare machines have no zone files
)

// loadSeoul is where the sample company lives.
func loadSeoul() (*time.Location, error) { return time.LoadLocation("Asia/Seoul") }
