using Microsoft.Data.Sqlite;
using Pacsbin.Projects;
using Pacsbin.Studies;
using Pacsbin.Tests.Redaction.Devices;
using Xunit;

namespace Pacsbin.Tests.Projects;

/// <summary>Crosswalks that somebody without the key has changed.</summary>
public sealed class ChangedCrosswalkTests : IDisposable
{
    private readonly TrialFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("patient", "pseudonym", new[] { "pseudonym" })]
    [InlineData("study", "patient", new[] { "pseudonym", "study", "series", "instance" })]
    [InlineData("study", "replacement", new[] { "study" })]
    [InlineData("series", "replacement", new[] { "series" })]
    [InlineData("instance", "replacement", new[] { "instance" })]
    public void Swapped_columns_never_give_the_wrong_person(string table, string column, string[] noticed)
    {
        var asked = RecordTwo();
        var before = asked.ToDictionary(a => a, a => Assert.Single(folder.Resolve(a.Asked)));
        Assert.Equal(["1", "2"], before.Values.Select(i => i.PatientId).Distinct().Order());
        Swap(table, column);
        foreach (var (kind, text) in asked)
        {
            if (noticed.Contains(kind))
            {
                var error = Assert.Throws<PacsbinException>(() => folder.Resolve(text));
                Assert.Equal(PacsbinError.MalformedElement, error.Error);
                Assert.Contains("crosswalk.db", error.Message, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(before[(kind, text)], Assert.Single(folder.Resolve(text)));
            }
        }
    }

    [Fact]
    public void Swapped_ids_do_not_hide_another_issuer()
    {
        RecordTwo();
        Swap("patient", "id");
        var error = Assert.Throws<PacsbinException>(() => folder.With(c => c.HasOtherIssuer(new PatientKey("H", "1"))));
        Assert.Equal(PacsbinError.MalformedElement, error.Error);
    }

    [Theory]
    [InlineData("", "cut")]
    [InlineData("", "delete")]
    [InlineData("DELETE FROM meta WHERE name = 'audit'", "cut")]
    [InlineData("DELETE FROM meta WHERE name = 'audit'", "delete")]
    [InlineData("DELETE FROM meta WHERE name = 'audit'", "leave")]
    [InlineData("DELETE FROM meta", "delete")]
    [InlineData("DELETE FROM meta; DELETE FROM patient; DELETE FROM study; DELETE FROM series; DELETE FROM instance", "delete")]
    public void An_audit_log_cannot_be_cut_along_with_what_the_crosswalk_knows_of_it(string sql, string log)
    {
        var pseudonym = folder.PseudonymOf("1").Id;
        folder.Resolve(pseudonym);
        folder.Resolve(pseudonym);
        Change(sql);
        if (log == "cut")
        {
            File.WriteAllLines(folder["audit.log"], folder.AuditLines()[..1]);
        }
        else if (log == "delete")
        {
            File.Delete(folder["audit.log"]);
        }

        var state = Record.Exception(() => Assert.Equal(AuditLogProblem.Truncated, folder.With(c => c.CheckAuditLog()).Problem));
        Assert.Equal(sql.Length > 0, state is PacsbinException { Error: PacsbinError.MalformedElement });
        Assert.True(sql.Length > 0 || state is null);
        if (sql.Length > 0)
        {
            Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => folder.Resolve(pseudonym)).Error);
        }
    }

    /// <summary>Two patients with a study each, and all that can be asked of them.</summary>
    private List<(string Kind, string Asked)> RecordTwo() => folder.With(crosswalk => Enumerable.Range(1, 2).SelectMany(i =>
    {
        var patient = new PatientKey("H", $"{i}");
        var pseudonym = crosswalk.PseudonymOf(patient);
        var study = new CrosswalkStudy($"1.2.{i}", $"2.25.{i}0");
        study.Add(patient, pseudonym.DateShiftDays, Attributes.Of(("SeriesInstanceUID", $"1.2.{i}.1")), ($"1.2.{i}.1.1", $"2.25.{i}2"), $"2.25.{i}1", $"{i}.dcm");
        crosswalk.Record(study);
        return new[] { ("pseudonym", pseudonym.Id), ("study", $"2.25.{i}0"), ("series", $"2.25.{i}1"), ("instance", $"2.25.{i}2") };
    }).ToList());

    private void Swap(string table, string column) => Change($"""
        CREATE TEMP TABLE old AS SELECT key, {column} AS value FROM {table};
        UPDATE {table} SET {column} = key;
        UPDATE {table} SET {column} = (SELECT value FROM old WHERE old.key <> {table}.key);
        """);

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={folder["crosswalk.db"]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
