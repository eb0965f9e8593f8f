using Pacsbin.Deidentification.Scripts;
using Pacsbin.Deidentification.Scripts.Compiled;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts;

public sealed class ScriptFuzzTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("ctp", 200, false)]
    [InlineData("ctp", 1200, true)]
    [InlineData("pacsbin", 200, false)]
    [InlineData("pacsbin", 1200, true)]
    [InlineData("properties", 200, false)]
    [InlineData("properties", 1200, true)]
    public void Damaged_script_loads_or_is_an_invalid_script(string which, int mutants, bool isExcerpt)
    {
        var text = (which, isExcerpt) switch
        {
            ("ctp", _) => isExcerpt ? Excerpt(PublishedScript.Ctp) : PublishedScript.Ctp,
            ("pacsbin", _) => isExcerpt ? AnonymizerScript.Parse(Excerpt(AnonymizerScript.Parse(PublishedScript.Pacsbin).ToCtpXml())).ToPacsbinJson() : PublishedScript.Pacsbin,
            _ => PublishedScript.AsProperties(AnonymizerScript.Parse(isExcerpt ? Excerpt(PublishedScript.Ctp) : PublishedScript.Ctp)),
        };
        var random = new Random(2026);
        int loaded = 0, refused = 0;
        for (var i = 0; i < mutants; i++)
        {
            var mutant = Mutate(text, random);
            var path = Path.Join(Path.GetTempPath(), $"{Guid.NewGuid():N}.script");
            try
            {
                File.WriteAllBytes(path, mutant);
                var script = AnonymizerScript.Load(path, exact: i % 2 == 0);
                Assert.All(script.Problems, p => Assert.True(p.Line > 0 && p.Column > 0));
                CompiledScript.Compile(script, new ScriptEnvironment());
                loaded++;
            }
            catch (PacsbinException e) when (e.Error == PacsbinError.InvalidScript)
            {
                refused++;
            }
            finally
            {
                File.Delete(path);
            }
        }

        output.WriteLine($"{which}, {text.Length} characters: {loaded} loaded, {refused} refused");
        Assert.True(loaded > 0 && refused > 0);
    }

    /// <summary>Every twentieth rule, and those that do more than keep and remove.</summary>
    private static string Excerpt(string xml)
    {
        var lines = xml.Split('\n');
        return string.Join('\n', lines.Where((line, i) => i % 20 == 0 || !line.StartsWith(" <e", StringComparison.Ordinal)
            || line.Contains('{', StringComparison.Ordinal) || line.Contains("param", StringComparison.Ordinal)));
    }

    private static byte[] Mutate(string text, Random random)
    {
        var lines = text.Split('\n');
        switch (random.Next(5))
        {
            case 0:
                return System.Text.Encoding.UTF8.GetBytes(text[..random.Next(text.Length)]);
            case 1:
                return System.Text.Encoding.UTF8.GetBytes(text[random.Next(text.Length)..]);
            case 2:
                for (var n = random.Next(1, 4); n > 0; n--)
                {
                    int a = random.Next(lines.Length), b = random.Next(lines.Length);
                    (lines[a], lines[b]) = (lines[b], lines[a]);
                }

                return System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines));
            case 3:
                var marks = "@(){}[]\"\\,<>&;=:#'".ToCharArray();
                var changed = text.ToCharArray();
                for (var n = random.Next(1, 6); n > 0; n--)
                {
                    changed[random.Next(changed.Length)] = marks[random.Next(marks.Length)];
                }

                return System.Text.Encoding.UTF8.GetBytes(changed);
            default:
                var bytes = System.Text.Encoding.UTF8.GetBytes(text);
                for (var n = random.Next(1, 6); n > 0; n--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
                }

                return bytes;
        }
    }
}
