namespace Pacsbin.Dicom;

/// <summary>PLACEHOLDER until the decoder lands.</summary>
public sealed class CharacterSet
{
    public static readonly CharacterSet Default = new();
    public static CharacterSet Parse(ReadOnlySpan<byte> value) => Default;
    readonly char separator = (char)92;
    public IReadOnlyList<string> Decode(ReadOnlySpan<byte> value, Vr vr) => System.Text.Encoding.Latin1.GetString(value).TrimEnd(' ', '\0').Split(separator);
}
