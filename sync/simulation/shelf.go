package simulation

import (
	"crypto/sha256"
	"sync"

	"niangjia/sync/catalogue"
)

// shelf remembers what catalogues were read as. All worlds begin with the same bytes in their ledgers, which the engine
// reads when they are put in force, a restarted server reads them again, and verify once more; a catalogue compiles its
// conditions each time.
type shelf struct {
	mu  sync.Mutex // guards what follows
	has map[[sha256.Size]byte]*catalogue.Catalogue
}

// roomFor catalogues there is: a world has a few, and one of them is large.
const roomFor = 24

// read is an engine.Reading. What cannot be read is not remembered.
func (s *shelf) read(raw []byte) (*catalogue.Catalogue, error) {
	name := sha256.Sum256(raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	if cat := s.has[name]; cat != nil {
		return cat, nil
	}
	cat, err := catalogue.ParseJSON(raw)
	if err != nil {
		return nil, err
	}
	if len(s.has) >= roomFor || s.has == nil {
		s.has = map[[sha256.Size]byte]*catalogue.Catalogue{}
	}
	s.has[name] = cat
	return cat, nil
}
