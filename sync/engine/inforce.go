package engine

import (
	"context"
	"fmt"

	"niangjia/sync/catalogue"
)

// MetaCatalogue is the key of Store.Meta under which the hash of the catalogue in force is kept.
const MetaCatalogue = metaCatalogue

// InForce reads the catalogue that a store works with, and what of it is the city's own; nothing of a store that has none
// yet, or that a program has left which did not keep it.
func InForce(ctx context.Context, store Store) (is catalogue.InForce, err error) {
	err = store.View(ctx, func(r Reader) error {
		whole, err := r.Meta(metaCatalogueJSON)
		if err != nil || whole == "" {
			return err
		}
		hash, err := r.Meta(metaCatalogue)
		if err != nil {
			return err
		}
		cat, err := catalogue.ParseJSON([]byte(whole))
		if err != nil {
			return fmt.Errorf("the catalogue in the store: %w", err)
		}
		if cat.Hash != hash { // an older program has put another in force since
			return nil
		}
		is.Catalogue = cat
		is.Own, err = ownOf(r)
		return err
	})
	if err != nil {
		return catalogue.InForce{}, storeError(err)
	}
	return is, nil
}

func ownOf(r Reader) (*catalogue.Own, error) {
	text, err := r.Meta(metaOwn)
	if err != nil {
		return nil, err
	}
	own, err := catalogue.ParseOwn([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("the city's own definitions in the store: %w", err)
	}
	return own, nil
}

// InForce is the catalogue in force at this moment, whichever process put it there, and what of it is the city's own.
func (e *Engine) InForce(ctx context.Context) (is catalogue.InForce, err error) {
	err = e.view(ctx, func(r Reader, w *world) error {
		is.Catalogue = w.catalogue
		is.Own, err = ownOf(r)
		return err
	})
	if err != nil {
		return catalogue.InForce{}, storeError(err)
	}
	return is, nil
}

// Present is the catalogue in force at this moment, whichever process put it there.
func (e *Engine) Present(ctx context.Context) (c *catalogue.Catalogue, err error) {
	err = e.view(ctx, func(_ Reader, w *world) error {
		c = w.catalogue
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	return c, nil
}

// EntriesOf counts the entries of some forms.
func (e *Engine) EntriesOf(ctx context.Context, forms []string) (n int64, err error) {
	if len(forms) == 0 {
		return 0, nil
	}
	err = e.view(ctx, func(r Reader, _ *world) error {
		n, err = r.EntriesOf(forms)
		return err
	})
	if err != nil {
		return 0, storeError(err)
	}
	return n, nil
}
