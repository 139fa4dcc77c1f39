package main

import (
	"context"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	remoteexecution "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/buildbarn/bb-storage/pkg/blobstore"
	"github.com/buildbarn/bb-storage/pkg/digest"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// The farm's storage, to read.
type store struct {
	cas, actionCache        blobstore.BlobAccess
	maximumMessageSizeBytes int
}

// Reads a message from the CAS.
func read[M proto.Message](ctx context.Context, s *store, from digest.Digest, into M) (M, error) {
	found, err := s.cas.Get(ctx, from).ToProto(into, s.maximumMessageSizeBytes)
	if err != nil {
		return into, err
	}
	return found.(M), nil
}

func (s *store) result(ctx context.Context, action digest.Digest) (*remoteexecution.ActionResult, error) {
	found, err := s.actionCache.Get(ctx, action).ToProto(&remoteexecution.ActionResult{}, s.maximumMessageSizeBytes)
	if err != nil {
		return nil, err
	}
	return found.(*remoteexecution.ActionResult), nil
}

// What a URL of BuildBarn's names: /[INSTANCE/]blobs/FUNCTION/KIND/HASH-SIZE/REST.
type object struct {
	kind   string
	digest digest.Digest
	rest   string
}

func parseObject(urlPath string) (object, error) {
	segments := strings.Split(strings.Trim(urlPath, "/"), "/")
	i := slices.Index(segments, "blobs")
	if i < 0 || len(segments) < i+4 {
		return object{}, status.Errorf(codes.NotFound, "No such page: %#v", urlPath)
	}
	instance, err := digest.NewInstanceNameFromComponents(segments[:i])
	if err != nil {
		return object{}, err
	}
	number := remoteexecution.DigestFunction_Value_value[strings.ToUpper(segments[i+1])]
	function, err := instance.GetDigestFunction(remoteexecution.DigestFunction_Value(number), 0)
	if err != nil {
		return object{}, err
	}
	hash, size, _ := strings.Cut(segments[i+3], "-")
	bytes, err := strconv.ParseInt(size, 10, 64)
	if err != nil {
		return object{}, status.Errorf(codes.InvalidArgument, "Not HASH-SIZE: %#v", segments[i+3])
	}
	found, err := function.NewDigest(hash, bytes)
	return object{segments[i+2], found, path.Join(segments[i+4:]...)}, err
}

// The URL of an object, to which parseObject is the reverse; a file's ends in its name. Empty where that is none: a link
// would lead elsewhere.
func urlOf(kind string, of digest.Digest, name ...string) string {
	function := strings.ToLower(of.GetDigestFunction().GetEnumValue().String())
	hash := of.GetHashString() + "-" + strconv.FormatInt(of.GetSizeBytes(), 10)
	found := ""
	for _, element := range slices.Concat(of.GetInstanceName().GetComponents(), []string{"blobs", function, kind, hash}, name) {
		if element == "" || element == "." || element == ".." || strings.Contains(element, "/") {
			return ""
		}
		found += "/" + url.PathEscape(element)
	}
	if len(name) == 0 {
		found += "/"
	}
	return found
}
