using Microsoft.Data.Sqlite;
using Pacsbin.Projects;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Projects;

public sealed class CrosswalkTests : IDisposable
{
    private readonly TrialFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_patient_gets_what_the_key_derives_and_keeps_it()
    {
        using var pseudonymizer = new Pseudonymizer(TrialFolder.Key);
        var patient = new PatientKey("HOSPITAL", "4711");
        var expected = new PatientPseudonym(pseudonymizer.PatientPseudonym(patient), pseudonymizer.DateShiftDays(patient));
        Assert.Equal(expected, folder.PseudonymOf("4711", "HOSPITAL"));
        Assert.Equal(expected, folder.PseudonymOf("4711", "HOSPITAL"));
        Assert.Equal($"patient HOSPITAL|4711|{expected.Id}|{expected.DateShiftDays}", Assert.Single(folder.Dump()));
    }

    [Fact]
    public void Two_patients_never_get_one_pseudonym_even_if_their_hashes_do()
    {
        // 32 pseudonyms of one character for 32 patients: most of them find theirs taken.
        var patients = Enumerable.Range(0, 32).Select(i => new PatientKey("", $"P{i}")).ToList();
        using var pseudonymizer = new Pseudonymizer(TrialFolder.Key) { PseudonymLength = 1 };
        Assert.True(patients.Select(p => pseudonymizer.PatientPseudonym(p)).Distinct().Count() < 25);
        var given = patients.ConvertAll(p => folder.PseudonymOf(p.Id, pseudonymLength: 1));
        Assert.Equal(32, given.Select(p => p.Id).Distinct().Count());
        Assert.Equal(given, patients.ConvertAll(p => folder.PseudonymOf(p.Id, pseudonymLength: 1)));
        Assert.Equal(pseudonymizer.PatientPseudonym(patients[0]), given[0].Id);
        Assert.All(patients.Zip(given), p => Assert.Equal(pseudonymizer.DateShiftDays(p.First), p.Second.DateShiftDays));
        Assert.Equal(PacsbinError.LimitExceeded, Assert.Throws<PacsbinException>(() => folder.PseudonymOf("ONE-TOO-MANY", pseudonymLength: 1)).Error);
        Assert.Equal(32, folder.Dump().Count);
    }

    [Fact]
    public void A_collision_gives_the_next_of_the_patients_own_series()
    {
        using var pseudonymizer = new Pseudonymizer(TrialFolder.Key) { PseudonymLength = 1 };
        var first = new PatientKey("", "P0");
        var second = Enumerable.Range(1, 1000).Select(i => new PatientKey("", $"P{i}"))
            .First(p => pseudonymizer.PatientPseudonym(p) == pseudonymizer.PatientPseudonym(first) && pseudonymizer.PatientPseudonym(p, 1) != pseudonymizer.PatientPseudonym(p));
        folder.PseudonymOf(first.Id, pseudonymLength: 1);
        Assert.Equal(pseudonymizer.PatientPseudonym(second, 1), folder.PseudonymOf(second.Id, pseudonymLength: 1).Id);
    }

    [Fact]
    public void Many_threads_and_two_connections_decide_once()
    {
        using var project = folder.Open();
        using var one = Crosswalk.Open(project, new Pseudonymizer(TrialFolder.Key) { PseudonymLength = 2 });
        using var other = Crosswalk.Open(project, new Pseudonymizer(TrialFolder.Key) { PseudonymLength = 2 });
        var given = Enumerable.Range(0, 800).AsParallel().WithDegreeOfParallelism(8)
            .Select(i => (Patient: i % 200, Pseudonym: (i / 200 % 2 == 0 ? one : other).PseudonymOf(new PatientKey("", $"P{i % 200}")).Id)).ToList();
        Assert.All(given.GroupBy(g => g.Patient), g => Assert.Single(g.Select(x => x.Pseudonym).Distinct()));
        Assert.Equal(200, given.Select(g => g.Pseudonym).Distinct().Count());
    }

    [Fact]
    public void A_write_that_fails_takes_no_other_with_it()
    {
        using var project = folder.Open();
        using var database = CrosswalkDatabase.Open(project);
        using var go = new ManualResetEventSlim();
        var holder = new Thread(() => database.Write(() =>
        {
            go.Wait(TestContext.Current.CancellationToken);
            return 0;
        }));
        holder.Start();
        var outcomes = new System.Collections.Concurrent.ConcurrentDictionary<int, Exception?>();
        var writers = Enumerable.Range(0, 6).Select(i => new Thread(() => outcomes[i] = Record.Exception(() => database.Write(() =>
        {
            database.Execute("INSERT INTO meta (name, value) VALUES ($0, $1)", $"row{i}", new byte[] { 1 });
            return i % 2 == 0 ? 0 : throw new PacsbinException(PacsbinError.LimitExceeded, "As planned.");
        })))).ToList();
        writers.ForEach(w => w.Start());
        Thread.Sleep(100); // they queue up behind the first
        go.Set();
        writers.Append(holder).ToList().ForEach(w => w.Join());
        Assert.All(outcomes, o => Assert.Equal(o.Key % 2 == 0, o.Value is null));
        Assert.All(outcomes.Values.OfType<Exception>(), e => Assert.Equal(PacsbinError.LimitExceeded, Assert.IsType<PacsbinException>(e).Error));
        Assert.Equal(3, database.Read(() => database.Query("SELECT value FROM meta WHERE name LIKE 'row%'")).Count);
    }

    [Fact]
    public void A_lock_of_another_process_is_waited_for()
    {
        folder.PseudonymOf("1");
        using var other = new SqliteConnection($"Data Source={folder["crosswalk.db"]};Pooling=False");
        other.Open();
        Execute(other, "BEGIN IMMEDIATE");
        using var release = new Timer(_ => Execute(other, "COMMIT"), null, 1500, Timeout.Infinite);
        var since = System.Diagnostics.Stopwatch.StartNew();
        folder.PseudonymOf("2");
        Assert.InRange(since.ElapsedMilliseconds, 1000, 30_000);
        Assert.Equal(2, folder.Dump().Count);
    }

    [Fact]
    public void Only_its_owner_reads_the_files()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        string[] files = ["crosswalk.db", "crosswalk.db-wal", "crosswalk.db-shm", "audit.log"];
        var modes = folder.With(c =>
        {
            c.PseudonymOf(new PatientKey("", "1"));
            c.Resolve("1", "Test");
            return files.Select(f => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(folder[f])).ToList();
        });
        Assert.All(modes, m => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, m));
    }

    [Fact]
    public void The_key_of_another_project_is_a_mismatch()
    {
        using var other = new TrialFolder();
        folder.PseudonymOf("1");
        File.Delete(other["project.json"]);
        Project.Create(other.Path, new ProjectSettings { Name = "Other" }, new byte[32]).Dispose();
        File.Copy(folder["crosswalk.db"], other["crosswalk.db"], overwrite: true);
        using var project = Project.Open(other.Path, new byte[32]);
        Assert.Equal(PacsbinError.KeyMismatch, Assert.Throws<PacsbinException>(() => Crosswalk.Open(project)).Error);
        Assert.Equal(PacsbinError.KeyMismatch, Assert.Throws<PacsbinException>(() => Project.Open(folder.Path, new byte[32])).Error);
    }

    [Theory]
    [InlineData("missing", PacsbinError.FileNotFound)]
    [InlineData("empty", PacsbinError.MalformedElement)]
    [InlineData("no tables", PacsbinError.MalformedElement)]
    public void A_crosswalk_that_was_lost_is_not_made_anew(string loss, PacsbinError expected)
    {
        folder.PseudonymOf("1");
        folder.DeleteCrosswalk();
        if (loss != "missing")
        {
            File.WriteAllBytes(folder["crosswalk.db"], []);
        }

        if (loss == "no tables")
        {
            Script(folder["crosswalk.db"], "PRAGMA user_version = 1; VACUUM");
        }

        var before = Directory.GetFiles(folder.Path).Order().ToDictionary(f => f, f => new FileInfo(f).Length);
        var error = Assert.Throws<PacsbinException>(() => folder.PseudonymOf("1"));
        Assert.Equal(expected, error.Error);
        Assert.Contains("crosswalk.db", error.Message, StringComparison.Ordinal);
        Assert.Contains("backup", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(folder.Path).Order().ToDictionary(f => f, f => new FileInfo(f).Length));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_creation_that_was_interrupted_after_the_crosswalk_is_finished_with_any_key_unless_the_crosswalk_was_used(bool isUsed)
    {
        if (isUsed)
        {
            folder.PseudonymOf("1");
        }

        File.Delete(folder["project.json"]);
        var create = () => Project.Create(folder.Path, new ProjectSettings { Name = "Trial" }, new byte[32]).Dispose();
        if (isUsed)
        {
            Assert.Equal(PacsbinError.KeyMismatch, Assert.Throws<PacsbinException>(create).Error);
            Assert.False(File.Exists(folder["project.json"]));
            Project.Create(folder.Path, new ProjectSettings { Name = "Trial" }, TrialFolder.Key).Dispose();
            Assert.Single(folder.Dump());
        }
        else
        {
            create();
            using var project = Project.Open(folder.Path, new byte[32]);
            using var crosswalk = Crosswalk.Open(project);
            Assert.True(crosswalk.CheckAuditLog().IsIntact);
        }
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("cut")]
    [InlineData("foreign")]
    [InlineData("tables")]
    [InlineData("version")]
    public void A_damaged_file_is_said_to_be_one(string damage)
    {
        for (var i = 0; i < 200; i++)
        {
            folder.PseudonymOf($"{i}");
        }

        var path = folder["crosswalk.db"];
        switch (damage)
        {
            case "garbage":
                File.WriteAllBytes(path, [.. Enumerable.Repeat((byte)0x5A, 8192)]);
                break;
            case "cut":
                using (var file = File.OpenWrite(path))
                {
                    file.SetLength(file.Length / 2);
                }

                break;
            case "foreign":
                File.Delete(path);
                Script(path, "CREATE TABLE somebody_elses (x)");
                break;
            case "tables":
                Script(path, "DROP TABLE patient");
                break;
            case "version":
                Script(path, "PRAGMA user_version = 3");
                break;
        }

        var before = File.ReadAllBytes(path);
        var error = Assert.Throws<PacsbinException>(() => Enumerable.Range(0, 200).Select(i => folder.PseudonymOf($"{i}")).ToList());
        Assert.Equal(PacsbinError.MalformedElement, error.Error);
        Assert.Contains("crosswalk.db", error.Message, StringComparison.Ordinal);
        Assert.Equal(damage == "version", error.Message.Contains("version 3", StringComparison.Ordinal));
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_file_of_the_first_version_gets_the_tables_of_the_second()
    {
        var pseudonym = folder.PseudonymOf("1");
        Script(folder["crosswalk.db"], "DROP TABLE alias; DROP TABLE counter; PRAGMA user_version = 1");
        Assert.Equal(1, folder.With(c => c.NumberOf("ptid", "A")));
        Assert.Equal((2, 1, 1), folder.With(c => (c.NumberOf("ptid", "B"), c.NumberOf("ptid", "A"), c.NumberOf("acc", "A"))));
        Assert.Equal(pseudonym, folder.PseudonymOf("1"));
    }

    [Fact]
    public void A_row_that_was_put_in_the_place_of_another_is_noticed()
    {
        folder.PseudonymOf("1");
        folder.PseudonymOf("2");
        Script(folder["crosswalk.db"], "UPDATE patient SET content = (SELECT content FROM patient ORDER BY key LIMIT 1)");
        var errors = Enumerable.Range(1, 2).Select(id => Record.Exception(() => folder.PseudonymOf($"{id}"))).OfType<PacsbinException>();
        Assert.Equal(PacsbinError.MalformedElement, Assert.Single(errors).Error);
    }

    [Fact]
    public void Two_crosswalks_of_the_same_data_differ_in_every_value_and_are_equal_when_decrypted()
    {
        using var other = new TrialFolder();
        foreach (var one in new[] { folder, other })
        {
            one.With(c =>
            {
                c.Register(Enumerable.Range(0, 50).Select(i => new PatientKey("H", $"{(one == other ? 49 - i : i)}")));
                return 0;
            });
        }

        Assert.Equal(folder.Dump(), other.Dump());
        Assert.Empty(Contents(folder).Intersect(Contents(other)));
    }

    private static List<string> Contents(TrialFolder folder)
    {
        using var connection = new SqliteConnection($"Data Source={folder["crosswalk.db"]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT hex(content) FROM patient";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        Assert.Equal(50, rows.Count);
        return rows;
    }

    private static void Script(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, sql);
        Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
