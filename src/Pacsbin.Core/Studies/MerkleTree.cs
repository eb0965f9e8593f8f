using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Pacsbin.Studies;

/// <summary>One hash over all files of a study, from which any single file can be proved.</summary>
/// <remarks>
/// The tree of RFC 6962 section 2.1 over the files in ordinal order of their names. A leaf is SHA-256(0x00 || name in UTF-8 || 0x00 || SHA-256 of the file, 32 bytes); a node
/// is SHA-256(0x01 || left || right). Of n leaves, the left part has the largest power of two that is smaller than n.
/// </remarks>
internal static class MerkleTree
{
    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;

    /// <summary>The root as 64 hexadecimal digits; null if there is no file, or one has no SHA-256.</summary>
    public static string? RootOf(IReadOnlyCollection<ManifestFile> files) =>
        files.Count > 0 && files.All(f => IsSha256(f.Sha256))
            ? Convert.ToHexStringLower(Root([.. files.OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => Leaf(f.Name, f.Sha256!))]))
            : null;

    private static bool IsSha256(string? text) => text is { Length: 2 * SHA256.HashSizeInBytes } && text.All(char.IsAsciiHexDigitLower);

    private static byte[] Leaf(string name, string sha256) =>
        SHA256.HashData([LeafPrefix, .. Encoding.UTF8.GetBytes(name), 0, .. Convert.FromHexString(sha256)]);

    private static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        var left = 1 << BitOperations.Log2((uint)leaves.Length - 1);
        return SHA256.HashData([NodePrefix, .. Root(leaves[..left]), .. Root(leaves[left..])]);
    }
}
