package idp

import (
	"container/list"
	"sync"
)

// A bounded map forgets its oldest entry when it is full. It is safe for
// concurrent use.
type bounded[V any] struct {
	mu    sync.Mutex
	limit int
	items map[string]*list.Element
	order *list.List // of entry[V], oldest first
}

type entry[V any] struct {
	key   string
	value V
}

func newBounded[V any](limit int) *bounded[V] {
	return &bounded[V]{limit: limit, items: map[string]*list.Element{}, order: list.New()}
}

func (b *bounded[V]) put(key string, value V) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, ok := b.items[key]; ok {
		b.order.Remove(old)
	}
	b.items[key] = b.order.PushBack(entry[V]{key, value})
	for b.order.Len() > b.limit {
		if oldest, is := b.order.Remove(b.order.Front()).(entry[V]); is {
			delete(b.items, oldest.key)
		}
	}
}

func (b *bounded[V]) get(key string) (value V, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e, found := b.items[key]; found {
		kept, is := e.Value.(entry[V])
		return kept.value, is
	}
	return value, false
}

// take removes an entry.
func (b *bounded[V]) take(key string) (value V, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, found := b.items[key]
	if !found {
		return value, false
	}
	delete(b.items, key)
	kept, is := b.order.Remove(e).(entry[V])
	return kept.value, is
}

// newest gives the newest entry that fits.
func (b *bounded[V]) newest(fits func(V) bool) (value V, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for e := b.order.Back(); e != nil; e = e.Prev() {
		if kept, is := e.Value.(entry[V]); is && fits(kept.value) {
			return kept.value, true
		}
	}
	return value, false
}

func (b *bounded[V]) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.items)
	b.order.Init()
}
