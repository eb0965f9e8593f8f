namespace Pacsbin.Dicom;

/// <summary>One row of PS3.6's data dictionary, or of PS3.7's for group 0000.</summary>
/// <param name="Tag">The attribute; digits that vary in a repeating group are 0.</param>
/// <param name="Mask">The bits of the tag that are fixed: all of them, except in repeating groups.</param>
/// <param name="Keyword">The keyword; empty for the retired attributes that have none left.</param>
/// <param name="Name">The name; empty for the retired attributes that have none left.</param>
/// <param name="Vr">The first VR; <see cref="Vr.None"/> for item delimiters, UN where the standard no longer says.</param>
/// <param name="AlternativeVrs">The other VRs that the data set may choose.</param>
/// <param name="Vm">The value multiplicity as the standard writes it, such as <c>2-2n</c>; empty where it no longer says.</param>
/// <param name="IsRetired">Whether the attribute is retired.</param>
public sealed record DictionaryEntry(Tag Tag, uint Mask, string Keyword, string Name, Vr Vr, IReadOnlyList<Vr> AlternativeVrs, string Vm, bool IsRetired)
{
    /// <summary>The fewest values that a non-empty attribute holds.</summary>
    public int MinValues { get; } = Bound(Vm.AsSpan(), upper: false);

    /// <summary>The most values that the attribute holds; <see cref="int.MaxValue"/> where the standard says n.</summary>
    public int MaxValues { get; } = Bound(Vm.AsSpan(), upper: true);

    // "1-n or 1" (PS3.6) is 1-n: the second form narrows the first for some IODs only.
    private static int Bound(ReadOnlySpan<char> vm, bool upper)
    {
        if (vm.IsEmpty)
        {
            return upper ? int.MaxValue : 1;
        }

        var end = vm.IndexOf(' ');
        var range = end < 0 ? vm : vm[..end];
        var dash = range.IndexOf('-');
        var bound = dash < 0 ? range : upper ? range[(dash + 1)..] : range[..dash];
        return bound[^1] == 'n' ? int.MaxValue : int.Parse(bound, System.Globalization.CultureInfo.InvariantCulture);
    }
}
