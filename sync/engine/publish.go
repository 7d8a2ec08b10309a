package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// The catalogue in force is a fact of the store, as the divisions are (S12). Whoever opens the store may put another in
// force; all others read it with their next snapshot.

// Keys of Store.Meta.
const (
	metaCatalogueJSON = "catalogue_json" // the whole catalogue in force
	metaOwn           = "catalogue_own"  // what of it is the city's own
	metaForms         = "catalogue_forms"
)

// Publish puts a catalogue in force, with what of it is the city's own, in the name of an account or of nobody ("").
func (e *Engine) Publish(ctx context.Context, actor record.Actor, cat *catalogue.Catalogue, own []byte) error {
	return e.PublishOver(ctx, actor, "", cat, own)
}

// PublishOver does so only while the catalogue with this hash is in force; "" stands for any. Else it is CatalogueChanged.
// also joins the same transaction; what it writes beside the log stands or falls with it.
func (e *Engine) PublishOver(ctx context.Context, actor record.Actor, against string, cat *catalogue.Catalogue, own []byte, also ...func(Tx) error) error {
	return e.publish(ctx, cat, func(tx Tx, hash string) (*ownLine, error) {
		if against != "" && hash != against {
			return nil, record.Errorf(record.CatalogueChanged, "catalogue %s is in force, not %s", hash, against)
		}
		before, err := tx.Meta(metaOwn)
		if err != nil || hash == cat.Hash && before == string(own) {
			return nil, err
		}
		return &ownLine{Account: actor.Account, Own: own}, nil
	}, also...)
}

// start puts the catalogue of this program in force, where another is. What is the city's own stays what it is.
func (e *Engine) start(ctx context.Context, cat *catalogue.Catalogue) error {
	same := false
	err := e.store.View(ctx, func(r Reader) error {
		hash, err := r.Meta(metaCatalogue)
		if err != nil {
			return err
		}
		whole, err := r.Meta(metaCatalogueJSON)
		same = hash == cat.Hash && whole != ""
		return err
	})
	if err != nil || same {
		return err
	}
	return e.publish(ctx, cat, func(tx Tx, hash string) (*ownLine, error) {
		if hash == cat.Hash { // an older program has put it there
			return nil, tx.SetMeta(metaCatalogueJSON, string(cat.JSON()))
		}
		own, err := tx.Meta(metaOwn)
		if err != nil || own == "" {
			return &ownLine{}, err
		}
		return &ownLine{Own: []byte(own)}, nil
	})
}

// publish writes the line that line gives, given the hash of the catalogue in force; none if it gives none.
func (e *Engine) publish(ctx context.Context, cat *catalogue.Catalogue, line func(tx Tx, hash string) (*ownLine, error), also ...func(Tx) error) error {
	now := e.opt.Now()
	var next *world
	err := e.store.Update(ctx, func(tx Tx) error {
		next = nil
		hash, err := tx.Meta(metaCatalogue)
		if err != nil {
			return err
		}
		l, err := line(tx, hash)
		if err != nil || l == nil {
			return err
		}
		if l.Recount, err = e.toRecount(tx, hash, cat); err != nil {
			return err
		}
		s, err := e.session(tx, now)
		if errors.Is(err, errNotKept) { // by an older program: this one is put in force now
			w := *e.world.Load()
			w.places, err = placesOf(tx)
			s = &session{tx: tx, world: &w, epoch: e.epoch, now: now, restored: e.restored, read: e.opt.Read}
		}
		if err != nil {
			return err
		}
		l.Kind, l.Catalogue = kindCatalogue, cat.JSON()
		if err := s.put(*l); err != nil {
			return err
		}
		for _, write := range also {
			if err := write(tx); err != nil {
				return err
			}
		}
		next = s.world
		return nil
	})
	if err == nil && next != nil {
		e.world.Store(next)
	}
	return err
}

// toRecount says whose entries another catalogue counts otherwise than the one in force.
func (e *Engine) toRecount(r Reader, hash string, cat *catalogue.Catalogue) (*recountOf, error) {
	last, err := r.LastSeq()
	if err != nil || last == 0 {
		return &recountOf{}, err
	}
	out := &recountOf{Later: last > e.opt.Recount.atOnce()}
	old, err := e.catalogueOf(r, hash)
	if err != nil {
		return nil, err
	}
	forms, err := r.Meta(metaForms)
	if err != nil {
		return nil, err
	}
	if old == nil || forms == "" { // an older program has not kept it
		out.Forms = slices.Sorted(maps.Keys(cat.Forms))
		out.Indicators = cat.CountedFrom(out.Forms)
		return out, nil
	}
	now := &world{}
	if err := now.readCampaigns(r); err != nil {
		return nil, err
	}
	out.Forms, out.Indicators = catalogue.Differs(now.over(old), now.over(cat))
	var back []string // forms that come again, to entries which they have been away from
	for _, id := range strings.Fields(forms) {
		if cat.Form(id) != nil && old.Form(id) == nil {
			back = append(back, id)
		}
	}
	out.Forms = union(out.Forms, back)
	out.Indicators = union(out.Indicators, cat.CountedFrom(back))
	return out, nil
}

// errNotKept says that the store has no whole catalogue with the hash of the one in force.
var errNotKept = errors.New("the store does not have the catalogue that is in force")

// catalogueOf reads the catalogue that a snapshot has in force; nil where there is none, or an older program has not
// kept it.
func (e *Engine) catalogueOf(r Reader, hash string) (*catalogue.Catalogue, error) {
	if known := e.read.Load(); known != nil && known.Hash == hash {
		return known, nil
	}
	whole, err := r.Meta(metaCatalogueJSON)
	if err != nil || whole == "" {
		return nil, err
	}
	cat, err := e.opt.Read.parse([]byte(whole))
	if err != nil {
		return nil, fmt.Errorf("the catalogue in the store: %w", err)
	}
	if cat.Hash != hash {
		return nil, nil
	}
	e.read.Store(cat)
	return cat, nil
}

// Own is what of the catalogue in force is the city's own, as it was published; nil where nothing is.
func (e *Engine) Own(ctx context.Context) ([]byte, error) {
	var own string
	err := e.store.View(ctx, func(r Reader) (err error) {
		own, err = OwnOf(r)
		return err
	})
	if err != nil {
		return nil, storeError(err)
	}
	if own == "" {
		return nil, nil
	}
	return []byte(own), nil
}

// OwnOf reads it of a snapshot, "" where nothing is: before an engine is opened with what is made of it.
func OwnOf(r Reader) (string, error) { return r.Meta(metaOwn) }
