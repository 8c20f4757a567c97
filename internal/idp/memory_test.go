package idp

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestRingKeepsTheNewest(t *testing.T) {
	r := newRing[int64](3)
	all := func(int64) bool { return true }
	for range 7 {
		r.add(func(id int64) int64 { return id })
	}
	if got := r.all(all); !slices.Equal(got, []int64{5, 6, 7}) {
		t.Fatalf("kept %v", got)
	}
	r.clear()
	r.add(func(id int64) int64 { return id })
	if got := r.all(all); !slices.Equal(got, []int64{8}) {
		t.Fatalf("after clearing: %v", got)
	}
}

func TestBoundedForgetsTheOldest(t *testing.T) {
	b := newBounded[int](2)
	for i := range 3 {
		b.put(strconv.Itoa(i), i)
	}
	b.put("1", 10) // now the newest
	b.put("3", 3)
	for key, want := range map[string]bool{"0": false, "1": true, "2": false, "3": true} {
		if _, ok := b.get(key); ok != want {
			t.Errorf("%s kept: %v", key, ok)
		}
	}
	if len(b.items) != 2 || b.order.Len() != 2 {
		t.Errorf("%d and %d entries", len(b.items), b.order.Len())
	}
	b.clear()
	if _, ok := b.get("3"); ok {
		t.Error("cleared and there")
	}
}

func TestEveryEndpointNameIsReserved(t *testing.T) {
	for path := range endpoints {
		name, _, _ := strings.Cut(path, "/")
		if checkName(name) == nil {
			t.Errorf("an issuer may be called %s", name)
		}
	}
	for name, good := range map[string]bool{
		"default": true, "a.b-c_d~1": true, "": true, "Token": false, "a/b": false, "..": false, "a b": false,
		strings.Repeat("x", 65): false, "-a": false, "ä": false,
	} {
		if (checkName(name) == nil) != good {
			t.Errorf("%q: good %v", name, !good)
		}
	}
}

func TestSessionsForgetTheOldest(t *testing.T) {
	s, err := New(Options{BaseURL: "http://x", Limits: Limits{Sessions: 2}})
	if err != nil {
		t.Fatal(err)
	}
	i, err := s.issuer("default")
	if err != nil {
		t.Fatal(err)
	}
	var opened []*session
	for range 3 {
		one, err := i.sessions.open("alice")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := i.sessions.enter(one, Client{ID: "app"}, "", Wish{}); err != nil {
			t.Fatal(err)
		}
		opened = append(opened, one)
	}
	if i.sessions.alive(opened[0]) || len(s.SessionsOf("default", "alice")) != 2 {
		t.Fatalf("left %+v", s.Sessions())
	}
	if len(i.sessions.byID) != 4 || len(i.sessions.byCookie) != 2 || i.sessions.order.Len() != 2 {
		t.Errorf("%d names, %d cookies", len(i.sessions.byID), len(i.sessions.byCookie))
	}
	for n := range maxClientsPerSession {
		_, err = i.sessions.enter(opened[2], Client{ID: strconv.Itoa(n)}, "", Wish{})
	}
	if err == nil {
		t.Error("a session holds clients without end")
	}
	i.sessions.clear()
	if i.sessions.alive(opened[2]) || len(s.Sessions()) != 0 {
		t.Error("cleared and alive")
	}
}
