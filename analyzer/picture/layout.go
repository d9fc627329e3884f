package picture

import (
	"cmp"
	"slices"
)

// A layered layout: nodes stand in columns, each to the right of who can become it,
// in an order in which few edges cross. It is Sugiyama's method in its simplest form;
// the libraries that lay out graphs for Go either push nodes apart by forces, which puts
// no order in them, or bring a JavaScript or WebAssembly engine many times the size of
// iamvet (docs/graph.md).

// box is a node to be laid out.
type box struct {
	width, height float64
	// x and y are of its upper left corner.
	x, y float64

	layer, order int
	weight       float64
	bend         bool // a place where an edge passes a column
}

// arrow is an edge between boxes, by their numbers.
type arrow struct {
	from, to int
	// bends are the boxes that it passes on its way.
	bends []int
	back  bool // leads to the left, or to its own column
}

// drawing is boxes and arrows.
type drawing struct {
	boxes  []box
	arrows []arrow
	gap    float64 // between columns
	width  float64
	height float64
}

const (
	columnGap = 110
	rowGap    = 12
	margin    = 16
	sweeps    = 8
)

// lay finds a place for everything.
func (d *drawing) lay() {
	d.layers()
	d.bend()
	columns := d.columns()
	d.order(columns)
	d.place(columns)
}

// layers puts each box to the right of where its arrows come from; arrows that would
// make a circle lead back.
func (d *drawing) layers() {
	out := make([][]int, len(d.boxes))
	for i, a := range d.arrows {
		out[a.from] = append(out[a.from], i)
	}
	// Depth first, without recursion: a chain of roles may be long.
	state := make([]int8, len(d.boxes)) // 1 on the way, 2 done
	var done []int
	for start := range d.boxes {
		stack := [][2]int{{start, 0}}
		if state[start] != 0 {
			continue
		}
		state[start] = 1
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top[1] == len(out[top[0]]) {
				state[top[0]] = 2
				done = append(done, top[0])
				stack = stack[:len(stack)-1]
				continue
			}
			i := out[top[0]][top[1]]
			top[1]++
			switch to := d.arrows[i].to; state[to] {
			case 0:
				state[to] = 1
				stack = append(stack, [2]int{to, 0})
			case 1:
				d.arrows[i].back = true
			}
		}
	}
	slices.Reverse(done) // who comes first has arrows to later ones only, but for those back
	for _, b := range done {
		for _, i := range out[b] {
			if a := d.arrows[i]; !a.back {
				d.boxes[a.to].layer = max(d.boxes[a.to].layer, d.boxes[b].layer+1)
			}
		}
	}
}

// mostBends bounds the places at which long edges are led past columns: in a graph with
// more, they cross what they cross.
const mostBends = 4000

// bend leads arrows past the columns between their ends.
func (d *drawing) bend() {
	bends := 0
	for i := range d.arrows {
		a := &d.arrows[i]
		if a.back {
			continue
		}
		for layer := d.boxes[a.from].layer + 1; layer < d.boxes[a.to].layer && bends < mostBends; layer++ {
			a.bends = append(a.bends, len(d.boxes))
			d.boxes = append(d.boxes, box{height: rowGap, layer: layer, bend: true})
			bends++
		}
	}
}

func (d *drawing) columns() [][]int {
	var columns [][]int
	for i, b := range d.boxes {
		for len(columns) <= b.layer {
			columns = append(columns, nil)
		}
		columns[b.layer] = append(columns[b.layer], i)
	}
	return columns
}

// order turns columns about, from left to right and back, by where their neighbours stand.
func (d *drawing) order(columns [][]int) {
	before, after := make([][]int, len(d.boxes)), make([][]int, len(d.boxes))
	for _, a := range d.arrows {
		if a.back {
			continue
		}
		at := a.from
		for _, to := range append(slices.Clone(a.bends), a.to) {
			after[at] = append(after[at], to)
			before[to] = append(before[to], at)
			at = to
		}
	}
	for _, column := range columns {
		for i, b := range column {
			d.boxes[b].order = i
		}
	}
	for sweep := range sweeps {
		neighbours := before
		if sweep%2 == 1 {
			neighbours = after
		}
		for k := range columns {
			if sweep%2 == 1 {
				k = len(columns) - 1 - k
			}
			column := columns[k]
			for _, b := range column {
				at := &d.boxes[b]
				at.weight = float64(at.order)
				if of := neighbours[b]; len(of) > 0 {
					sum := 0.0
					for _, n := range of {
						sum += float64(d.boxes[n].order)
					}
					at.weight = sum / float64(len(of))
				}
			}
			slices.SortStableFunc(column, func(a, b int) int { return cmp.Compare(d.boxes[a].weight, d.boxes[b].weight) })
			for i, b := range column {
				d.boxes[b].order = i
			}
		}
	}
}

// place gives boxes their corners: columns stand centred beside each other.
func (d *drawing) place(columns [][]int) {
	heights := make([]float64, len(columns))
	for i, column := range columns {
		for _, b := range column {
			heights[i] += d.boxes[b].height + rowGap
		}
		d.height = max(d.height, heights[i])
	}
	x := float64(margin)
	for i, column := range columns {
		width := 0.0
		for _, b := range column {
			width = max(width, d.boxes[b].width)
		}
		y := margin + (d.height-heights[i])/2
		for _, b := range column {
			d.boxes[b].x, d.boxes[b].y = x, y
			if d.boxes[b].bend {
				d.boxes[b].width = width
			}
			y += d.boxes[b].height + rowGap
		}
		x += width + d.gap
	}
	d.width = max(x-d.gap+margin, 2*margin)
	d.height += 2*margin - rowGap
	for _, a := range d.arrows {
		if a.back { // it goes around below
			d.height = max(d.height, max(d.boxes[a.from].y, d.boxes[a.to].y)+3*margin)
		}
	}
}
