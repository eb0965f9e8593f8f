namespace Pacsbin.Deidentification.Scripts;

/// <summary>The start of the UIDs that hashuid makes.</summary>
internal static class UidRoot
{
    private const int MostCharacters = 64; // PS3.5 9.1
    private const int LeastDigits = 20;

    /// <summary>What is wrong with a root; null for nothing.</summary>
    internal static string? Objection(string root)
    {
        root = root.Trim();
        root = root is [.., '.'] ? root[..^1] : root;
        var components = root.Split('.');
        return root.Length == 0 ? "it is empty"
            : !components.All(IsNumber) ? "its components are not all numbers without leading zeros"
            : components[0] is not ("0" or "1" or "2") ? "its first component is not 0, 1 or 2" // PS3.5 B.2, ISO/IEC 8824
            : components[0] != "2" && components is [_, [_, _, ..] second, ..] && (second.Length > 2 || string.CompareOrdinal(second, "39") > 0) ? "its second component is above 39"
            : MostCharacters - root.Length - 1 < LeastDigits ? $"it leaves fewer than {LeastDigits} digits to tell UIDs apart"
            : null;
    }

    private static bool IsNumber(string component) => component.Length > 0 && component.All(char.IsAsciiDigit) && (component.Length == 1 || component[0] != '0');
}
