package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// allocationsFormat is how a work says what it allocated, as iamvet --debug does.
const allocationsFormat = "allocated=%d allocations=%d"

var allocationsPattern = regexp.MustCompile(`allocated=(\d+) allocations=(\d+)`)

// sample is one run of a process.
type sample struct {
	wall, cpu time.Duration
	peak      int64 // bytes; 0 where the system does not say
}

// contestant is a command that is measured.
type contestant struct {
	name    string
	command []string
	procs   int // GOMAXPROCS
	// noisy is what makes it say what it allocated, where it does not do so anyway.
	noisy   string
	samples []sample
	// allocated are bytes, in so many allocations; 0 where it did not say.
	allocated, allocations int64
}

// run runs the command once, in dir.
func (c *contestant) run(dir string, extra ...string) (sample, []byte, error) {
	cmd := exec.Command(c.command[0], slices.Concat(c.command[1:], extra)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(c.procs))
	var said bytes.Buffer
	cmd.Stderr = &said
	start := time.Now()
	err := cmd.Run()
	s := sample{wall: time.Since(start)}
	if err != nil {
		return s, nil, fmt.Errorf("%s: %w\n%s", c.name, err, said.Bytes())
	}
	s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	s.peak = peakOf(cmd.ProcessState)
	return s, said.Bytes(), nil
}

// measure runs all contestants in turn, so many rounds, and every other round the
// other way about: what disturbs the machine for a while disturbs all of them. A
// run before, which is not counted, fills the system's cache of files and says what
// is allocated.
func measure(dir string, contestants []*contestant, rounds int) error {
	for _, c := range contestants {
		var extra []string
		if c.noisy != "" {
			extra = []string{c.noisy}
		}
		_, said, err := c.run(dir, extra...)
		if err != nil {
			return err
		}
		if m := allocationsPattern.FindSubmatch(said); m != nil {
			c.allocated, _ = strconv.ParseInt(string(m[1]), 10, 64)
			c.allocations, _ = strconv.ParseInt(string(m[2]), 10, 64)
		}
	}
	order := slices.Clone(contestants)
	for range rounds {
		for _, c := range order {
			s, _, err := c.run(dir)
			if err != nil {
				return err
			}
			c.samples = append(c.samples, s)
		}
		slices.Reverse(order)
	}
	return nil
}

func (c *contestant) wall() time.Duration {
	return median(c.samples, func(s sample) time.Duration { return s.wall })
}

func (c *contestant) cpu() time.Duration {
	return median(c.samples, func(s sample) time.Duration { return s.cpu })
}

func (c *contestant) peak() int64 {
	return median(c.samples, func(s sample) int64 { return s.peak })
}

// against is how much longer it took than another, as the median over the rounds:
// the two runs of a round are neighbours.
func (c *contestant) against(other *contestant) float64 {
	ratios := make([]float64, len(c.samples))
	for i := range ratios {
		ratios[i] = float64(c.samples[i].wall) / float64(other.samples[i].wall)
	}
	return middle(ratios)
}

func median[T ~int64](samples []sample, of func(sample) T) T {
	var values []T
	for _, s := range samples {
		values = append(values, of(s))
	}
	return middle(values)
}

func middle[T ~int64 | ~float64](values []T) T {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// build compiles iamvet into dir.
func build(dir string) (string, error) {
	binary := dir + string(os.PathSeparator) + "iamvet"
	out, err := exec.Command("go", "build", "-o", binary, "github.com/iamvet/iamvet/cmd/iamvet").CombinedOutput()
	if err != nil {
		return "", errors.New("building iamvet: " + string(out))
	}
	return binary, nil
}
