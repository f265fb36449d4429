package silence

// Terms are the numbers of one customer's curve, for those who want to check it:
// S(w) = Gone + (1−Gone)·I_{Scale/(Scale+w)}(Shape, K), w in weeks, with the
// regularised incomplete beta function I.
type Terms struct {
	Gaps  float64 // own gaps that count: all of them, or with older ones faded
	Weeks float64 // their sum, likewise

	K     float64 // regularity
	Shape float64 // c = R + K·Gaps
	Scale float64 // A = Weeks + the population's part
	Gone  float64 // probability of having left with the last buying day
}

// Terms returns the numbers of the customer's curve.
func (m MBG) Terms(h History) Terms {
	h = h.clean()
	c := m.curve(h)
	return Terms{
		Gaps: float64(max(0, len(h.Days)-1)), Weeks: c.scale - m.Alpha,
		K: float64(c.k), Shape: c.shape, Scale: c.scale, Gone: c.gone,
	}
}

// Terms returns the numbers of the customer's curve, before its hazard is
// corrected where the shop's model has a correction.
func (m RC) Terms(h History) Terms {
	s := m.recall(h.clean())
	c := m.curve(s)
	return Terms{Gaps: s.count, Weeks: s.weighted, K: c.k, Shape: c.shape, Scale: c.scale, Gone: c.gone}
}
