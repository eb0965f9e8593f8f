using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>The attribute that an argument names: the rule's own, or one of the item or, behind <c>root:</c>, of the data set.</summary>
/// <param name="FromRoot">Whether names are looked up in the data set even where the rule is applied to an item.</param>
/// <param name="Path">Null for the rule's own attribute.</param>
internal sealed record ElementArgument(bool FromRoot, AttributePath? Path)
{
    private const string Root = "root:";

    /// <summary>Reads an argument; if it names nothing, <paramref name="error"/> says why.</summary>
    /// <param name="text">The argument as it is written.</param>
    /// <param name="aliases">Private attributes by the names that rules have for them.</param>
    /// <param name="error">A sentence.</param>
    internal static ElementArgument? Parse(string text, IReadOnlyDictionary<string, ScriptKey> aliases, out string? error)
    {
        error = null;
        var fromRoot = text.StartsWith(Root, StringComparison.Ordinal) && !text.StartsWith("root::", StringComparison.Ordinal);
        var name = (fromRoot ? text[Root.Length..] : text).Trim();
        if (name.Length == 0 || name == "this")
        {
            return new ElementArgument(fromRoot, null);
        }

        if (name is ['"', ..])
        {
            error = $"{ScriptText.Printable(name)} is in quotes, in which CTP finds no attribute.";
            return null;
        }

        var steps = name.Contains('[', StringComparison.Ordinal) ? [name] : name.Split("::");
        var path = AttributePath.Parse(string.Join("::", steps.Select(step => Step(step, aliases))), out error);
        return path is null ? null : new ElementArgument(fromRoot, path);
    }

    /// <summary>Finds the attribute that a name, an alias or a tag stands for.</summary>
    internal static bool TryFindKey(string name, IReadOnlyDictionary<string, ScriptKey> aliases, out ScriptKey key)
    {
        name = name is ['(', .., ')'] ? name[1..^1].Trim() : name;
        if (AttributeNames.TryGet(name, out var tag))
        {
            key = new ScriptKey(tag);
            return true;
        }

        return aliases.TryGetValue(name, out key) || ScriptKey.TryParse(name, out key);
    }

    private static string Step(string step, IReadOnlyDictionary<string, ScriptKey> aliases) => TryFindKey(step, aliases, out var key) ? key.ToString() : step;
}
