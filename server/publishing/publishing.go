// Package publishing lets a city change its forms and figures while everybody works: what it has of its own is laid over
// the definitions that come with the program, checked against what entries have, and put in force.
package publishing

import (
	"context"
	"errors"
	"fmt"

	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Log is the engine, as far as it is needed here.
type Log interface {
	InForce(ctx context.Context) (catalogue.InForce, error)
	EntriesOf(ctx context.Context, forms []string) (int64, error)
	PublishOver(ctx context.Context, actor record.Actor, against string, cat *catalogue.Catalogue, own []byte, also ...func(engine.Tx) error) error
}

// Options are what a service needs.
type Options struct {
	Log  Log
	Base *catalogue.Catalogue // which lies beneath
	// Also is written in the transaction of a publication; nil for nothing. by is "" for whoever keeps the machine.
	Also func(tx engine.Tx, by string) error
}

// Service is safe for concurrent use.
type Service struct{ Options }

// New makes one.
func New(o Options) *Service { return &Service{o} }

// Refused says what is wrong with definitions. Nothing of them was put in force.
type Refused struct{ Problems catalogue.Problems }

func (r *Refused) Error() string { return fmt.Sprintf("the definitions are wrong:\n%v", r.Problems) }

// Unwrap gives the code.
func (r *Refused) Unwrap() error { return &record.Error{Code: record.BadCatalogue} }

// Plan is what putting own definitions in force would do.
type Plan struct {
	Problems catalogue.Problems // with any of them all else is empty
	Changes  []catalogue.Change
	Recounts []string // indicators that are counted anew
	Entries  int64    // how many entries are
	InForce  string   // hash of the catalogue that all of this is against
	Next     *catalogue.Catalogue
}

// InForce is what the city works with now.
func (s *Service) InForce(ctx context.Context) (catalogue.InForce, error) { return s.Log.InForce(ctx) }

// Check says what own definitions would do, and does nothing. source is their JSON.
func (s *Service) Check(ctx context.Context, source []byte) (*Plan, error) {
	was, err := s.Log.InForce(ctx)
	if err != nil {
		return nil, err
	}
	own, err := catalogue.ParseOwn(source)
	if err != nil {
		return wrong(was, err)
	}
	return s.plan(ctx, was, own)
}

// CheckOwn is Check of definitions that are read already.
func (s *Service) CheckOwn(ctx context.Context, own *catalogue.Own) (*Plan, error) {
	was, err := s.Log.InForce(ctx)
	if err != nil {
		return nil, err
	}
	return s.plan(ctx, was, own)
}

// wrong is a plan of which nothing but its problems is left.
func wrong(was catalogue.InForce, err error) (*Plan, error) {
	var problems catalogue.Problems
	if !errors.As(err, &problems) {
		return nil, err
	}
	return &Plan{Problems: problems, InForce: was.Catalogue.Hash}, nil
}

func (s *Service) plan(ctx context.Context, was catalogue.InForce, own *catalogue.Own) (*Plan, error) {
	next, err := own.Over(s.Base, was)
	if err != nil {
		return wrong(was, err)
	}
	if problems := own.Kept(was, next); len(problems) > 0 {
		return wrong(was, problems)
	}
	p := &Plan{Changes: catalogue.Changes(was.Catalogue, next), InForce: was.Catalogue.Hash, Next: next}
	var forms []string
	forms, p.Recounts = catalogue.Differs(was.Catalogue, next)
	p.Entries, err = s.Log.EntriesOf(ctx, forms)
	return p, err
}

// Publish puts own definitions in force in the name of an account, in place of those before; against is the catalogue in
// force that they were made over. Errors: catalogue_changed where another is in force, *Refused.
func (s *Service) Publish(ctx context.Context, by record.Actor, source []byte, against string) (*Plan, error) {
	own, err := catalogue.ParseOwn(source)
	if err != nil {
		return refused(err)
	}
	return s.PublishOwn(ctx, by, own, against)
}

func refused(err error) (*Plan, error) {
	var problems catalogue.Problems
	if errors.As(err, &problems) {
		return nil, &Refused{problems}
	}
	return nil, err
}

// PublishOwn is Publish of definitions that are read already.
func (s *Service) PublishOwn(ctx context.Context, by record.Actor, own *catalogue.Own, against string) (*Plan, error) {
	was, err := s.Log.InForce(ctx)
	if err != nil {
		return nil, err
	}
	if was.Catalogue.Hash != against {
		return nil, &record.Error{Code: record.CatalogueChanged}
	}
	p, err := s.plan(ctx, was, own)
	if err != nil {
		return nil, err
	}
	if len(p.Problems) > 0 {
		return nil, &Refused{p.Problems}
	}
	// Whatever was put in force since the plan was made, entries of it were not looked at.
	err = s.Log.PublishOver(ctx, by, against, p.Next, own.JSON(), func(tx engine.Tx) error {
		if s.Also == nil {
			return nil
		}
		return s.Also(tx, by.Account)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}
