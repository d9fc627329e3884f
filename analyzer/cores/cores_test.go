package cores_test

import (
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/iamvet/iamvet/analyzer/cores"
)

// onCores runs a test as on machines with one core and with several.
func onCores(t *testing.T, test func(t *testing.T)) {
	for _, n := range []int{1, 2, 8} {
		was := runtime.GOMAXPROCS(n)
		test(t)
		runtime.GOMAXPROCS(was)
	}
}

func TestEachIndexOnce(t *testing.T) {
	onCores(t, func(t *testing.T) {
		for _, n := range []int{0, 1, 7, 1000} {
			calls := make([]atomic.Int32, n)
			cores.Each(n, func(i int) { calls[i].Add(1) })
			for i := range calls {
				if got := calls[i].Load(); got != 1 {
					t.Errorf("%d of %d was done %d times", i, n, got)
				}
			}
		}
	})
}

// The panic that is seen is that of the lowest index, and everything before it is done.
func TestPanics(t *testing.T) {
	onCores(t, func(t *testing.T) {
		var done [500]atomic.Bool
		r := panicOf(func() {
			cores.Each(len(done), func(i int) {
				if i >= 200 && i%100 == 0 {
					cores.Each(2, func(int) { panicAt(i) })
				}
				done[i].Store(true)
			})
		})
		p, ok := r.(*cores.Panic)
		if !ok || p.Value != "at 200" || p.Index != 200 || !strings.Contains(p.Error(), "cores_test.panicAt") {
			t.Errorf("panic %v, want that of 200, with its place", r)
		}
		for i := range 200 {
			if !done[i].Load() {
				t.Errorf("%d was not done", i)
			}
		}
	})
}

func panicAt(i int) { panic("at " + string(rune('0'+i/100)) + "00") }

func panicOf(do func()) (r any) {
	defer func() { r = recover() }()
	do()
	return nil
}

func TestOnce(t *testing.T) {
	onCores(t, func(t *testing.T) {
		var worked atomic.Int32
		get := cores.Once(func() int { return int(worked.Add(1)) })
		cores.Each(100, func(int) {
			if got := get(); got != 1 {
				t.Errorf("got %d", got)
			}
		})
		fails := cores.Once(func() int { panicAt(300); return 0 })
		for range 2 {
			p, ok := panicOf(func() { fails() }).(*cores.Panic)
			if !ok || !strings.Contains(p.Error(), "cores_test.panicAt") {
				t.Errorf("panic %v, want that of the work, with its place", p)
			}
		}
	})
}
