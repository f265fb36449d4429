package season

import "math"

// upperF is the probability that F with (a, b) degrees of freedom exceeds x:
// the regularised incomplete beta function at b/(b+ax) of (b/2, a/2).
func upperF(x, a, b float64) float64 {
	if !(x > 0) {
		return 1
	}
	return incompleteBeta(b/(b+a*x), b/2, a/2)
}

// incompleteBeta is I_x(p, q) by its continued fraction (Abramowitz & Stegun
// 26.5.8), evaluated from the side on which it converges fast.
func incompleteBeta(x, p, q float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (p+1)/(p+q+2):
		return 1 - incompleteBeta(1-x, q, p)
	}
	lp, _ := math.Lgamma(p)
	lq, _ := math.Lgamma(q)
	lpq, _ := math.Lgamma(p + q)
	front := math.Exp(lpq-lp-lq+p*math.Log(x)+q*math.Log1p(-x)) / p
	return front * fraction(x, p, q)
}

// fraction evaluates the continued fraction by Lentz's method.
func fraction(x, p, q float64) float64 {
	const tiny, enough = 1e-300, 1e-14
	safe := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/safe(1-(p+q)*x/(p+1))
	f := d
	for i := range 300 {
		m := float64(i + 1)
		even := m * (q - m) * x / ((p + 2*m - 1) * (p + 2*m))
		d, c = 1/safe(1+even*d), safe(1+even/c)
		f *= d * c
		odd := -(p + m) * (p + q + m) * x / ((p + 2*m) * (p + 2*m + 1))
		d, c = 1/safe(1+odd*d), safe(1+odd/c)
		f *= d * c
		if math.Abs(d*c-1) < enough {
			break
		}
	}
	return f
}
