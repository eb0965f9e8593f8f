using System.Management.Automation;

namespace Pacsbin.PowerShell;

/// <summary>Decides whether a patient's name is the one that was looked for; components that the pattern does not name may be any.</summary>
/// <remarks>Of letters that are not ASCII, which archives compare by rules of their own or find in another representation of the name, the archive's word is taken.</remarks>
internal sealed class NamePattern
{
    private readonly string pattern;
    private readonly WildcardPattern whole;
    private readonly WildcardPattern[] components;

    public NamePattern(string pattern)
    {
        this.pattern = pattern;
        whole = WildcardPattern.Get(pattern.TrimEnd('^'), WildcardOptions.IgnoreCase);
        components = [.. pattern.TrimEnd('^').Split('^').Select(c => WildcardPattern.Get(c, WildcardOptions.IgnoreCase))];
        Accepts(""); // an illegal pattern throws at its first use: now, not after a long search
    }

    public bool Accepts(string? name)
    {
        var given = (name ?? "").TrimEnd('^').Split('^');
        return whole.IsMatch(string.Join('^', given))
            || components.Index().All(c => c.Item.IsMatch(given.ElementAtOrDefault(c.Index) ?? ""))
            || !System.Text.Ascii.IsValid(pattern)
            || !System.Text.Ascii.IsValid(name ?? "");
    }
}
