using System.Security.Cryptography;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Studies;

public class MerkleTreeTests
{
    /// <summary>RFC 6962 2.1 in the words of the RFC, by another implementation of SHA-256.</summary>
    private const string Python = """
        import hashlib, sys
        lines = [line.rstrip('\n').split('\t') for line in sys.stdin]
        leaves = [name.encode() + b'\0' + bytes.fromhex(digest) for name, digest in lines]
        def mth(d):
            if len(d) == 1: return hashlib.sha256(b'\0' + d[0]).digest()
            k = 1
            while k * 2 < len(d): k *= 2
            return hashlib.sha256(b'\1' + mth(d[:k]) + mth(d[k:])).digest()
        print(mth(leaves).hex())
        """;

    [Fact]
    public void One_file_is_its_leaf() =>
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData([0, .. "a.dcm"u8, 0, .. SHA256.HashData("x"u8)])),
            MerkleTree.RootOf([new ManifestFile("a.dcm", 1, "", null) { Sha256 = Convert.ToHexStringLower(SHA256.HashData("x"u8)) }]));

    [Theory]
    [InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8), InlineData(9), InlineData(31), InlineData(1000)]
    public void Another_implementation_agrees(int count)
    {
        var files = Files(count);
        var input = string.Concat(files.OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => $"{f.Name}\t{f.Sha256}\n"));
        var result = Peer.Run(Peer.Python, ["-c", Python], input);
        Assert.Equal((0, MerkleTree.RootOf(files)), (result.ExitCode, result.Output.Trim()));
    }

    [Fact]
    public void The_order_in_the_manifest_does_not_matter_and_everything_else_does()
    {
        var files = Files(5);
        var root = MerkleTree.RootOf(files);
        Assert.Equal(root, MerkleTree.RootOf([.. files.Reverse()]));
        string?[] others =
        [
            MerkleTree.RootOf(files[..4]), MerkleTree.RootOf([.. files, Files(6)[5]]), MerkleTree.RootOf([files[0] with { Name = "x.dcm" }, .. files[1..]]),
            MerkleTree.RootOf([files[0] with { Sha256 = files[1].Sha256 }, .. files[1..]]),
            MerkleTree.RootOf([files[0] with { Sha256 = files[1].Sha256 }, files[1] with { Sha256 = files[0].Sha256 }, .. files[2..]]),
        ];
        Assert.All(others, o => Assert.Matches("^[0-9a-f]{64}$", o));
        Assert.Equal(others.Length + 1, others.Append(root).Distinct().Count());
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("00"), InlineData("zz3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    public void A_file_without_a_hash_has_no_root(string? sha256) => Assert.Null(MerkleTree.RootOf([Files(1)[0], new ManifestFile("b.dcm", 1, "", null) { Sha256 = sha256 }]));

    [Fact]
    public void No_files_have_no_root() => Assert.Null(MerkleTree.RootOf([]));

    private static ManifestFile[] Files(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ManifestFile($"2.25.{i * 7919 % 1009}.dcm", 1, "", null) { Sha256 = Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(i))) })];
}
