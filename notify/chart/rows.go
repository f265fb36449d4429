package chart

import (
	"image/color"
	"math"
)

// rows draws lying bars below each other: what they are to the left, the figure to
// the right.
func (p *paper) rows() {
	c := p.chart
	head := 0.
	if c.Goal != nil {
		head = 30
	}
	p.begin(int(head) + rowHeight*len(c.Bars) + 2*margin)
	left, right := p.labelRoom(), width-p.textRoom()
	low, high := p.reach()
	x := func(v float64) float64 { return left + (v-low)/(high-low)*(right-left) }
	if c.Goal != nil {
		p.line(x(c.Goal.At), head, x(c.Goal.At), head+rowHeight*float64(len(c.Bars))+margin, 2, faint, 6, 5)
		half := p.wide(c.Goal.Text, small) / 2
		p.write(c.Goal.Text, small, math.Min(x(c.Goal.At), width-margin-half), 16, .5, faint)
	}
	for i, b := range c.Bars {
		top := head + margin + rowHeight*float64(i)
		middle := top + rowHeight/2
		p.write(p.cut(b.Label, big, left-2*margin), big, margin, middle, 0, ink)
		from := math.Max(b.From, low)
		p.bar(x(from), top+8, x(b.To)-x(from), rowHeight-16, b.Tone)
		if b.From < low {
			p.cutMark(left+24, top)
		}
		if b.Expected != 0 {
			p.line(x(b.Expected), top+2, x(b.Expected), top+rowHeight-2, 4, ink)
		}
		p.write(sign(b.Tone)+b.Text, big, width-margin, middle, 1, ink)
		if i > 0 && c.Goal == nil { // a bridge: where the last bar ended
			p.line(x(b.From), top-8, x(b.From), top+8, 1, faint)
		}
	}
	if c.Goal == nil {
		zero := x(math.Max(low, 0))
		p.line(zero, margin, zero, margin+rowHeight*float64(len(c.Bars)), 1, faint)
	}
}

// cutMark shows that a bar is longer than it is drawn.
func (p *paper) cutMark(x, top float64) {
	for _, d := range []float64{0, 9} {
		p.line(x+d, top+rowHeight-4, x+d+12, top+4, 4, color.White)
	}
}

// sign says by a mark what the colour says too.
func sign(tone Tone) string {
	switch tone {
	case Up:
		return "▲ "
	case Down:
		return "▼ "
	}
	return ""
}

func (p *paper) labelRoom() float64 {
	room := 0.
	for _, b := range p.chart.Bars {
		room = math.Max(room, p.wide(b.Label, big))
	}
	return math.Min(room, width*.4) + 2*margin
}

func (p *paper) textRoom() float64 {
	room := 0.
	for _, b := range p.chart.Bars {
		room = math.Max(room, p.wide(sign(b.Tone)+b.Text, big))
	}
	return math.Min(room, width*.4) + 2*margin
}

// reach is the lowest and the highest figure; 0 is among them.
func (p *paper) reach() (low, high float64) {
	for _, b := range p.chart.Bars {
		low = math.Min(low, math.Min(b.From, b.To))
		high = math.Max(high, math.Max(math.Max(b.From, b.To), b.Expected))
	}
	if p.chart.Goal != nil {
		high = math.Max(high, p.chart.Goal.At)
	}
	if low == high {
		return 0, 1
	}
	if start := p.steps(high); p.chart.Goal == nil && start > 0 {
		return start, high
	}
	return low, high
}

// steps is where a bridge may begin so that its steps can be seen: the totals at both
// ends then are cut, and say so. 0: it begins at nothing.
func (p *paper) steps(high float64) float64 {
	lowest := high
	for _, b := range p.chart.Bars {
		if b.Tone != Total {
			lowest = math.Min(lowest, math.Min(b.From, b.To))
		}
		lowest = math.Min(lowest, b.To)
	}
	if start := lowest - 1.5*(high-lowest); start > high*.3 {
		return start
	}
	return 0
}
