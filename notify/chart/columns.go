package chart

import "math"

// columns draws upright bars, with what is usual behind them and the break between
// them.
func (p *paper) columns() {
	c := p.chart
	p.begin(columnsTop + 150)
	left, right, top := p.tickRoom(), float64(width-margin), 44.
	bottom := top + columnsTop
	low, high := p.span()
	y := func(v float64) float64 { return bottom - (v-low)/(high-low)*columnsTop }
	if c.Band != nil {
		p.SetColor(band)
		p.DrawRectangle(left, y(c.Band.High), right-left, math.Max(y(c.Band.Low)-y(c.Band.High), 2))
		p.Fill()
	}
	for _, t := range c.Ticks {
		p.line(left, y(t.At), right, y(t.At), 1, grid)
		p.write(t.Text, small, left-8, y(t.At), 1, faint)
	}
	step := (right - left) / float64(len(c.Bars))
	for i, b := range c.Bars {
		x := left + step*float64(i)
		p.bar(x+step*.16, y(b.To), step*.68, y(0)-y(b.To), b.Tone)
		p.under(b, x+step/2, bottom, step)
	}
	p.line(left, y(0), right, y(0), 2, ink)
	if c.Band != nil {
		p.line(left, y(c.Band.High), right, y(c.Band.High), 1.5, blue, 4, 4)
		p.line(left, y(c.Band.Low), right, y(c.Band.Low), 1.5, blue, 4, 4)
		p.legend(c.Band.Text, bottom)
	}
	if c.Break != nil {
		p.breakLine(left+step*(c.Break.At+.5), top, bottom, left, right)
	}
}

// tickRoom is the room that the words of the ticks take.
func (p *paper) tickRoom() float64 {
	room := 0.
	for _, t := range p.chart.Ticks {
		room = math.Max(room, p.wide(t.Text, small))
	}
	return math.Min(room, width/4) + margin + 8
}

// span is the lowest and the highest figure, 0 between them.
func (p *paper) span() (low, high float64) {
	c := p.chart
	for _, b := range c.Bars {
		low, high = math.Min(low, b.To), math.Max(high, b.To)
	}
	for _, t := range c.Ticks {
		low, high = math.Min(low, t.At), math.Max(high, t.At)
	}
	if c.Band != nil {
		low, high = math.Min(low, c.Band.Low), math.Max(high, c.Band.High)
	}
	if low == high {
		return 0, 1
	}
	return low, high
}

// under writes the words below a bar, where there is room for them.
func (p *paper) under(b Bar, x, bottom, step float64) {
	if p.wide(b.Label, small) <= step*1.3 {
		p.write(b.Label, small, x, bottom+22, .5, ink)
	}
	if b.Under != "" && p.wide(b.Under, small) <= step*1.2 {
		p.write(b.Under, small, x, bottom+50, .5, faint)
	}
}

// legend explains the band below the picture.
func (p *paper) legend(text string, bottom float64) {
	p.SetColor(band)
	p.DrawRectangle(margin, bottom+70, 36, 20)
	p.Fill()
	for _, y := range []float64{bottom + 70, bottom + 90} {
		p.line(margin, y, margin+36, y, 1.5, blue, 4, 4)
	}
	p.write(p.cut(text, small, width-3*margin-36), small, margin+46, bottom+80, 0, ink)
}

// breakLine marks where things changed, with its words above.
func (p *paper) breakLine(x, top, bottom, left, right float64) {
	p.line(x, top-6, x, bottom, 3, red, 9, 6)
	text := p.cut(p.chart.Break.Text, small, right-left)
	half := p.wide(text, small) / 2
	p.write(text, small, math.Min(math.Max(x, left+half), right-half), top-22, .5, red)
}
