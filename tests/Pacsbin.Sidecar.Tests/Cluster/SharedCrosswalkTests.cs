using Npgsql;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Cluster;

/// <summary>Crosswalks in a PostgreSQL database.</summary>
public sealed class SharedCrosswalkTests(PostgresServer database) : IClassFixture<PostgresServer>, IDisposable
{
    private const int Patients = 300;
    private readonly string folder = Directory.CreateTempSubdirectory("pacsbin-shared-").FullName;

    private CrosswalkServer Server => new(() =>
    {
        var connection = new NpgsqlConnection(database.ConnectionString);
        connection.Open();
        return connection;
    });

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Several_at_once_give_each_patient_one_pseudonym()
    {
        await database.RenewAsync();
        Make("trial").Dispose();
        var given = await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            using var project = Open("trial");
            using var crosswalk = Crosswalk.Open(project);
            return Enumerable.Range(0, Patients).OrderBy(i => new Random(seed + i).Next()).ToDictionary(i => i, i => crosswalk.PseudonymOf(new PatientKey("", $"P-{i}")));
        })));
        Assert.All(given, one => Assert.Equal(given[0].OrderBy(p => p.Key), one.OrderBy(p => p.Key)));
        Assert.Equal(Patients, given[0].Values.Distinct().Count());
        using var again = Open("trial");
        using var kept = Crosswalk.Open(again);
        Assert.Equal(given[0][7], kept.PseudonymOf(new PatientKey("", "P-7")));
    }

    [Fact]
    public async Task Crosswalk_of_a_file_and_one_of_a_database_are_not_taken_for_each_other()
    {
        await database.RenewAsync();
        Make("shared").Dispose();
        using (var project = Project.Open(Path.Join(folder, "shared")))
        {
            Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => Crosswalk.Open(project)).Error);
        }

        Project.Create(Path.Join(folder, "own"), new ProjectSettings { Name = "own" }, static _ => null).Dispose();
        using (var project = Open("own"))
        {
            Assert.Equal(PacsbinError.ManifestConflict, Assert.Throws<PacsbinException>(() => Crosswalk.Open(project)).Error);
        }

        File.Delete(Path.Join(folder, "own", "crosswalk.db"));
        using (var project = Open("own"))
        {
            Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => Crosswalk.Open(project)).Error); // a new one would give patients second pseudonyms
        }
    }

    [Fact]
    public async Task Database_that_goes_away_is_an_error_and_then_none()
    {
        await database.RenewAsync();
        using var project = Make("trial");
        using var crosswalk = Crosswalk.Open(project);
        var first = crosswalk.PseudonymOf(new PatientKey("", "P-1"));
        await database.EndAsync();
        Assert.Equal(PacsbinError.ArchiveFailed, Assert.Throws<PacsbinException>(() => crosswalk.PseudonymOf(new PatientKey("", "P-2"))).Error);
        await database.BeginAsync();
        NpgsqlConnection.ClearAllPools();
        var second = crosswalk.PseudonymOf(new PatientKey("", "P-2"));
        Assert.NotEqual(first, second);
        using var again = Crosswalk.Open(project);
        Assert.Equal((first, second), (again.PseudonymOf(new PatientKey("", "P-1")), again.PseudonymOf(new PatientKey("", "P-2"))));
    }

    private Project Make(string name) =>
        Project.Create(Path.Join(folder, name), new ProjectSettings { Name = name }, static _ => null, Server);

    private Project Open(string name) => Project.Open(Path.Join(folder, name), static _ => null, Server);
}
