using System.Globalization;
using Pacsbin.Deidentification.Scripts.Functions;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts.Functions;

/// <summary>The calls that CTP was asked to make, and what it answered.</summary>
public sealed class VectorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("hash", 300)]
    [InlineData("hashName", 300)]
    [InlineData("hashPtID", 300)]
    [InlineData("hashUID", 300)]
    [InlineData("hashdate", 300)]
    [InlineData("incrementDate", 300)]
    [InlineData("initials", 300)]
    [InlineData("round", 30)]
    public void Every_call_gives_what_ctp_gives(string function, int count)
    {
        var wrong = new List<string>();
        var vectors = Vectors(function);
        foreach (var vector in vectors)
        {
            if (Answer(function, vector[1..^1]) != vector[^1])
            {
                wrong.Add(string.Join('\t', [.. vector, Answer(function, vector[1..^1])]));
            }
        }

        output.WriteLine(string.Join('\n', wrong.Take(10)));
        Assert.Equal((count, 0), (vectors.Count, wrong.Count));
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("hashName")]
    [InlineData("hashPtID")]
    [InlineData("hashUID")]
    [InlineData("hashdate")]
    public void Keyed_calls_have_the_same_shapes_and_other_values(string function)
    {
        var keyed = ScriptDigest.Keyed(new byte[16]);
        var differing = 0;
        var vectors = Vectors(function);
        foreach (var vector in vectors)
        {
            var (bare, answer) = (vector[^1], Answer(function, vector[1..^1], keyed));
            differing += answer == bare ? 0 : 1;
            Assert.Matches(function is "hashUID" ? @"^[0-9.]{30,64}$" : "^[0-9]+$", answer);
            Assert.True(bare.Length > 33 ? answer.Length is > 30 and <= 64 : answer.Length == bare.Length, answer);
            Assert.Equal(answer, Answer(function, vector[1..^1], ScriptDigest.Keyed(new byte[16])));
        }

        Assert.InRange(differing, vectors.Count * 9 / 10, vectors.Count);
    }

    private static List<string[]> Vectors(string function) => [.. File.ReadLines(TestData.RequireShared("ctp", "vectors.tsv")).Select(l => l.Split('\t')).Where(v => v[0] == function)];

    private static string Answer(string function, string[] arguments, ScriptDigest? digest = null)
    {
        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
        digest ??= ScriptDigest.Bare;
        return function switch
        {
            "hash" => HashFunctions.Hash(digest, arguments[0], Number(arguments[1])),
            "hashName" => HashFunctions.HashName(digest, arguments[0], Number(arguments[1]), Number(arguments[2])),
            "hashPtID" => HashFunctions.HashPatientId(digest, arguments[0], arguments[1], Number(arguments[2])),
            "hashUID" => HashFunctions.HashUid(digest, arguments[0], arguments[1]),
            "hashdate" => HashFunctions.HashDate(digest, arguments[0], arguments[1]) ?? "",
            "incrementDate" => DateFunctions.Increment(arguments[0], Number(arguments[1])) ?? "",
            "initials" => TextFunctions.Initials(arguments[0]),
            "round" => TextFunctions.Round(arguments[0], Number(arguments[1])) ?? "!EXC",
            _ => throw new ArgumentException(function),
        };
    }
}
