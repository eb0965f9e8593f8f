using System.Collections.Concurrent;
using Pacsbin.Tests.Archives;

[assembly: AssemblyFixture(typeof(Overheard))]

namespace Pacsbin.Tests.Archives;

/// <summary>All that commands on archives said in this run; when the run ends, no secret and no identifier may be in it.</summary>
public sealed class Overheard : IDisposable
{
    static readonly ConcurrentQueue<(string Test, string Text)> Texts = new();
    static readonly ConcurrentDictionary<string, string> Hidden = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds what must not be said.</summary>
    /// <param name="kind">What it is, for the message when it was said all the same.</param>
    public static void Hide(string kind, params IEnumerable<string> values)
    {
        foreach (string value in values)
        {
            Assert.InRange(value.Length, 6, 1000); // shorter ones are in any text by chance
            Hidden[value] = kind;
        }
    }

    public static void Add(string text) => Texts.Enqueue((TestContext.Current.TestMethod?.MethodName ?? TestContext.Current.TestClass?.TestClassSimpleName ?? "", text));

    /// <summary>Where hidden values stand, without the values.</summary>
    public static IEnumerable<string> Leaks(IEnumerable<(string Test, string Text)> texts, IReadOnlyDictionary<string, string> hidden) =>
        texts.SelectMany(t => hidden.Where(h => t.Text.Contains(h.Key, StringComparison.OrdinalIgnoreCase)).Select(h => $"{h.Value} in {t.Test}: {t.Text.Replace(h.Key, "[" + h.Value + "]", StringComparison.OrdinalIgnoreCase)}")).Distinct();

    public void Dispose()
    {
        string[] leaks = [.. Leaks(Texts, Hidden)];
        Assert.True(leaks.Length == 0, $"{leaks.Length} of {Texts.Count} texts are not clean:\n{string.Join("\n\n", leaks.Take(10))}");
    }
}
