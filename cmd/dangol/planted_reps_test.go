package main

import (
	"maps"
	"slices"
	"testing"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/internal/sample"
	"dangol/jobs"

	"github.com/google/go-cmp/cmp"
)

// TestPlantedRepsAtTwelveMonthEnds: at every month end of a year the causes of few
// new customers and the diagnosis of losses name the planted reps, and nobody else.
// That most of a grade missed its quota is no statement about one rep.
func TestPlantedRepsAtTwelveMonthEnds(t *testing.T) {
	t.Parallel()
	months := 12
	if raced {
		months = 1
	}
	for back := range months {
		asOf := sales.NewDate(2026, 9, 1).AddMonths(-back) - 1
		t.Run(asOf.String(), func(t *testing.T) {
			t.Parallel()
			s := sampleOn(t, asOf)
			truth := s.company.Truth
			want := map[string][]string{
				finding.FewVisits:                  {truth.Rep(sample.FewVisits)},
				finding.Technique:                  {truth.Rep(sample.PoorYield)},
				finding.ActivityFell:               {truth.Rep(sample.Collapse)},
				string(finding.RepLosingCustomers): {truth.Rep(sample.LosesRegular)},
			}
			_, digest := s.conclude(t, jobs.QuotaDigest, asOf)
			got := repsByCause(digest.Report.Reps)
			_, diagnosis := s.conclude(t, jobs.RepDiagnosis, asOf)
			for _, f := range diagnosis.Report.Losing {
				got[string(f.Kind)] = append(got[string(f.Kind)], f.RepID)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("want and got:\n%s", diff)
			}
			if judged := len(diagnosis.Report.Judged); judged != len(digest.Report.Reps) || judged != 12 {
				t.Errorf("%d verdicts on %d reps, want 12 each", judged, len(digest.Report.Reps))
			}
		})
	}
}

// repsByCause lists the reps by the cause of few new customers that is named for them,
// the quota itself left out.
func repsByCause(sheets []finding.Sheet) map[string][]string {
	got := map[string][]string{}
	for _, s := range sheets {
		for _, c := range s.Causes {
			got[c.Name] = append(got[c.Name], s.Rep.ID)
		}
	}
	delete(got, finding.QuotaItself)
	for _, name := range slices.Collect(maps.Keys(got)) {
		slices.Sort(got[name])
	}
	return got
}
