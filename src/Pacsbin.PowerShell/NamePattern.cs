using System.Management.Automation;
using System.Text;

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

    /// <param name="name">Patient's Name; null for none.</param>
    /// <param name="isAsked">Whether the archive was asked for this very name, so that its word counts.</param>
    public bool Accepts(string? name, bool isAsked = true)
    {
        var given = (name ?? "").TrimEnd('^').Split('^');
        return whole.IsMatch(string.Join('^', given))
            || components.Index().All(c => c.Item.IsMatch(given.ElementAtOrDefault(c.Index) ?? ""))
            || (isAsked && !(Ascii.IsValid(pattern) && Ascii.IsValid(name ?? "")));
    }
}
