package main

import (
	"context"

	remoteexecution "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/buildbarn/bb-storage/pkg/digest"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// How much of a directory tree is shown on one page: files, directories within another, bytes of all paths, and bytes of
// directories that are read for it.
const (
	mostEntries   = 1000
	mostDepth     = 64
	mostPathBytes = 1 << 20
	mostReadBytes = 16 << 20
)

// A file, directory or symbolic link, as a row of a table.
type entry struct {
	Path       string
	URL        string
	Size       int64
	Executable bool
	// Of a symbolic link, where it leads to.
	Target string
	// Of a directory whose contents are not shown, or empty.
	IsDirectory bool
}

// A directory tree, file by file.
type listing struct {
	Entries []entry
	// Whether there is more than is shown.
	IsCut           bool
	pathBytes, read int64
}

// Where a tree's directories are found by their digests.
type directoryGetter func(context.Context, digest.Digest) (*remoteexecution.Directory, error)

// Lists a tree depth first, as deep as there is room on a page.
func list(ctx context.Context, get directoryGetter, root digest.Digest) (*listing, error) {
	found := &listing{}
	directory, err := get(ctx, root)
	if err != nil {
		return nil, err
	}
	return found, found.add(ctx, get, root.GetDigestFunction(), "", 0, directory)
}

// Adds what is below a directory, whose path ends in a slash; the root's is empty.
func (l *listing) add(ctx context.Context, get directoryGetter, function digest.Function, above string, depth int, directory *remoteexecution.Directory) error {
	for _, file := range directory.Files {
		contents, err := function.NewDigestFromProto(file.Digest)
		if err != nil {
			return err
		}
		l.append(entry{
			Path:       above + file.Name,
			URL:        urlOf("file", contents, file.Name),
			Size:       file.Digest.SizeBytes,
			Executable: file.IsExecutable,
		})
	}
	for _, link := range directory.Symlinks {
		l.append(entry{Path: above + link.Name, Target: link.Target})
	}
	for _, child := range directory.Directories {
		if l.read += child.Digest.GetSizeBytes(); depth >= mostDepth || l.read > mostReadBytes {
			l.IsCut = true
		}
		if l.IsCut {
			return nil
		}
		contents, err := function.NewDigestFromProto(child.Digest)
		if err != nil {
			return err
		}
		below, err := get(ctx, contents)
		if err != nil {
			return err
		}
		full := above + child.Name
		if len(below.Files)+len(below.Symlinks)+len(below.Directories) == 0 {
			l.append(entry{Path: full, IsDirectory: true})
		} else if err := l.add(ctx, get, function, full+"/", depth+1, below); err != nil {
			return err
		}
	}
	return nil
}

func (l *listing) append(one entry) {
	size := int64(len(one.Path) + len(one.Target))
	if l.IsCut = l.IsCut || len(l.Entries) >= mostEntries || l.pathBytes+size > mostPathBytes; !l.IsCut {
		l.Entries = append(l.Entries, one)
		l.pathBytes += size
	}
}

// Directories that are each an object of the CAS.
func (s *store) directories(ctx context.Context, of digest.Digest) (*remoteexecution.Directory, error) {
	return read(ctx, s, of, &remoteexecution.Directory{})
}

// Lists a directory of which each below it is an object of its own.
func (s *store) directory(ctx context.Context, of digest.Digest) (*listing, error) {
	return list(ctx, s.directories, of)
}

// Lists an output directory, whose tree is one object of the CAS.
func (s *store) tree(ctx context.Context, of digest.Digest) (*listing, error) {
	tree, err := read(ctx, s, of, &remoteexecution.Tree{})
	if err != nil {
		return nil, err
	}
	if tree.Root == nil {
		return nil, status.Error(codes.InvalidArgument, "The tree has no root directory")
	}
	function := of.GetDigestFunction()
	children := map[string]*remoteexecution.Directory{}
	for _, child := range tree.Children {
		data, err := proto.MarshalOptions{Deterministic: true}.Marshal(child)
		if err != nil {
			return nil, err
		}
		generator := function.NewGenerator(int64(len(data)))
		if _, err := generator.Write(data); err != nil {
			return nil, err
		}
		children[generator.Sum().String()] = child
	}
	get := func(ctx context.Context, wanted digest.Digest) (*remoteexecution.Directory, error) {
		if child, ok := children[wanted.String()]; ok {
			return child, nil
		}
		return s.directories(ctx, wanted)
	}
	found := &listing{}
	return found, found.add(ctx, get, function, "", 0, tree.Root)
}
