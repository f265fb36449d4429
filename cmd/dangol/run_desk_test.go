package main

import (
	"testing"

	"dangol/internal/sales"
	"dangol/notify/wording"
)

func TestWhoIsMeant(t *testing.T) {
	customers := []*sales.Customer{{ID: "C1", Name: "한강식품"}, {ID: "C2", Name: "한강상회"}}
	for name, c := range map[string]struct {
		locale, want string
		found, near  []*sales.Customer
	}{
		"nobody":           {"en", "No customer of that number or name is known.", nil, nil},
		"close, English":   {"en", "No customer is called 한강. Close to it: 한강식품 (C1), 한강상회 (C2)", nil, customers},
		"close, Korean":    {"ko", "한강이라는 거래처가 없습니다. 비슷한 이름: 한강식품 (C1), 한강상회 (C2)", nil, customers},
		"several, Korean":  {"ko", "한강이라는 거래처가 2곳입니다. 코드를 입력해 주세요: 한강식품 (C1), 한강상회 (C2)", customers, nil},
		"several, English": {"en", "2 customers are called 한강. Give the id of one: 한강식품 (C1), 한강상회 (C2)", customers, nil},
	} {
		say, err := wording.Load(c.locale, "KRW")
		if err != nil {
			t.Fatal(err)
		}
		if got := whoIsMeant(say, "한강", c.found, c.near); got != c.want {
			t.Errorf("%s: %q; want %q", name, got, c.want)
		}
	}
}
