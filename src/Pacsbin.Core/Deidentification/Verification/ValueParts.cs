using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Verification;

/// <summary>The values of an element without padding, those that are empty left out; bytes that are no text are one.</summary>
/// <param name="value">The element's bytes.</param>
/// <param name="vr">Says whether a backslash separates.</param>
internal ref struct ValueParts(ReadOnlySpan<byte> value, Vr vr)
{
    private readonly bool isMultiValued = vr.IsMultiValued();
    private ReadOnlySpan<byte> rest = vr.IsString() || vr is Vr.UN ? value.Trim(" \0"u8) : value;

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly ValueParts GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!rest.IsEmpty)
        {
            var end = isMultiValued ? rest.IndexOf((byte)'\\') : -1;
            Current = end < 0 ? rest : rest[..end].TrimEnd(" \0"u8);
            rest = end < 0 ? default : rest[(end + 1)..].TrimStart((byte)' ');
            if (!Current.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
