using System.Management.Automation;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

public sealed class GetDicomStudyTests : IDisposable
{
    readonly SampleStudies samples = new();
    readonly ModuleSession session;

    public GetDicomStudyTests() => session = new ModuleSession(samples.Root);

    public void Dispose()
    {
        session.Dispose();
        samples.Dispose();
    }

    [Fact]
    public void Study_in_several_folders_is_one_study()
    {
        samples.Add("a/1.dcm");
        samples.Add("b/.hidden/2", instance: "2");
        samples.Add("b/3.dcm", study: "1.2.3");
        var studies = Get("Get-DicomStudy $args[0]", samples.Source);
        Assert.Empty(session.Errors);
        Assert.Equal(2, studies.Count);
        var study = studies.Single(s => s.StudyInstanceUid == "1.2.1");
        Assert.Equal(("P-17", 2, StudyState.Source, new DateOnly(2024, 3, 10)), (study.PatientId, study.InstanceCount, study.State, study.StudyDate));
    }

    [Theory]
    [InlineData("Get-DicomStudy source")]
    [InlineData("Get-DicomStudy -Path ./source")]
    [InlineData("Get-DicomStudy -LiteralPath source")]
    [InlineData("Get-DicomStudy sou*")]
    [InlineData("'source' | Get-DicomStudy")]
    [InlineData("$ExecutionContext.InvokeProvider.Item.Get('source') | Get-DicomStudy")]
    [InlineData("$null = $ExecutionContext.SessionState.Path.SetLocation('source'); Get-DicomStudy .")]
    [InlineData("Get-DicomStudy source, ./source/1.dcm")]
    [InlineData("Get-DicomStudy source/1.dcm, source")]
    [InlineData("$ExecutionContext.InvokeProvider.ChildItem.Get('.', $true) | Get-DicomStudy")]
    public void Paths_start_at_the_location_of_the_session(string script)
    {
        samples.Add("1.dcm");
        var study = Assert.Single(Get(script));
        Assert.Equal((1, samples.Source), (study.InstanceCount, study.Path));
        Assert.Empty(session.Errors);
    }

    [Theory]
    [InlineData("Get-DicomStudy -LiteralPath 'source/scan[1].dcm'", "1.2.1")]
    [InlineData("$ExecutionContext.InvokeProvider.ChildItem.Get('source', $false) | Where-Object Name -Like 'scan`[*' | Get-DicomStudy", "1.2.1")]
    [InlineData("Get-DicomStudy 'source/scan`[1`].dcm'", "1.2.1")]
    [InlineData("Get-DicomStudy 'source/scan[1].dcm'", "1.2.2")]
    [InlineData("Get-DicomStudy 'source/scan[0-9].dcm'", "1.2.2")]
    [InlineData("Get-DicomStudy source/scan?.dcm", "1.2.2")]
    public void Bracket_is_a_wildcard_in_a_path_and_not_in_a_literal_one(string script, string expected)
    {
        samples.Add("scan[1].dcm", study: "1.2.1");
        samples.Add("scan1.dcm", study: "1.2.2");
        Assert.Equal(expected, Assert.Single(Get(script)).StudyInstanceUid);
        Assert.Empty(session.Errors);
    }

    [Theory]
    [InlineData("Get-DicomStudy .")]
    [InlineData("Get-DicomStudy 1.dcm")]
    [InlineData("Get-DicomStudy *.dcm")]
    [InlineData("Get-DicomStudy -LiteralPath 1.dcm")]
    public void Location_may_have_brackets_in_its_name(string script)
    {
        samples.Add("in [2024]/1.dcm");
        using var there = new ModuleSession(Path.Combine(samples.Source, "in [2024]"));
        Assert.Single(there.Invoke(script));
        Assert.Empty(there.Errors);
    }

    [Theory]
    [InlineData("-StudyInstanceUid 1.2.2", "1.2.2")]
    [InlineData("-StudyInstanceUid 1.2.1, 1.2.2", "1.2.1 1.2.2")]
    [InlineData("-PatientId trial7-*", "1.2.2 1.2.3")]
    [InlineData("-PatientId TRIAL7-2, P-17", "1.2.1 1.2.3")]
    [InlineData("-AccessionNumber A-2", "1.2.2")]
    [InlineData("-Modality MR, U*", "1.2.2 1.2.3")]
    [InlineData("-Since 2024-03-10", "1.2.1 1.2.2")]
    [InlineData("-Until 2024-03-10", "1.2.1")]
    [InlineData("-Since 2024-03-11 -Until 2024-03-11T23:00", "1.2.2")]
    [InlineData("-Modality MR -PatientId P-17", "")]
    [InlineData("", "1.2.1 1.2.2 1.2.3")]
    public void Filters_select_studies(string filter, string expected)
    {
        samples.Add("1", study: "1.2.1");
        samples.Add("2", study: "1.2.2", patient: "TRIAL7-1", modality: "MR", date: "20240311", accession: "A-2");
        samples.Add("3", study: "1.2.3", patient: "TRIAL7-2", modality: "US", date: null, accession: "A-3");
        var found = Get("Get-DicomStudy source -ThrottleLimit 1 " + filter).Select(s => s.StudyInstanceUid).Order(StringComparer.Ordinal);
        Assert.Equal(expected, string.Join(' ', found));
    }

    [Fact]
    public void Not_dicom_is_counted_and_unreadable_dicom_is_one_error()
    {
        samples.Add("1.dcm");
        samples.AddText("readme.txt");
        string cut = samples.AddTruncated("cut.dcm");
        Assert.Single(Get("$VerbosePreference = 'Continue'; Get-DicomStudy source"));
        var error = Assert.Single(session.Errors);
        Assert.Equal("Truncated,Pacsbin.PowerShell.GetDicomStudyCommand", error.FullyQualifiedErrorId);
        Assert.Equal((ErrorCategory.InvalidData, (object)cut), (error.CategoryInfo.Category, error.TargetObject));
        Assert.Contains("cut.dcm", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("MUEL", error.ToString() + error.Exception, StringComparison.Ordinal);
        Assert.Contains("VERBOSE: Found 1 studies; skipped 1 files that are not DICOM.", session.HostLines);
    }

    [Theory]
    [InlineData("Get-DicomStudy source/readme.txt", "NotDicom", ErrorCategory.InvalidData)]
    [InlineData("Get-DicomStudy source/*.txt", null, ErrorCategory.NotSpecified)]
    [InlineData("$ExecutionContext.InvokeProvider.ChildItem.Get('source', $false) | Get-DicomStudy", null, ErrorCategory.NotSpecified)]
    [InlineData("Get-DicomStudy nowhere", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-DicomStudy -LiteralPath nowhere*", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-DicomStudy nowhere*", null, ErrorCategory.NotSpecified)]
    [InlineData("Get-DicomStudy env:PATH", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-DicomStudy env:PA*", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-DicomStudy -LiteralPath nodrive:\\x", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-DicomStudy nodrive:x*", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-DicomStudy 'source/[z-a'", null, ErrorCategory.NotSpecified)]
    public void Path_that_leads_to_no_study_is_explained(string script, string? id, ErrorCategory category)
    {
        samples.AddText("readme.txt");
        Assert.Empty(Get(script));
        if (id is null)
        {
            Assert.Empty(session.Errors);
            return;
        }

        var error = Assert.Single(session.Errors);
        Assert.Equal((id + ",Pacsbin.PowerShell.GetDicomStudyCommand", category), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
    }

    [Theory]
    [InlineData("Get-DicomStudy source", 1)]
    [InlineData("Get-DicomStudy source/*", 1)]
    [InlineData("$ExecutionContext.InvokeProvider.ChildItem.Get('source', $false) | Get-DicomStudy", 1)]
    [InlineData("Get-DicomStudy source/DICOMDIR", 1)]
    [InlineData("Get-DicomStudy source, source/DICOMDIR", 2)]
    public void Directory_of_a_medium_is_found_by_its_own_path(string script, int expected)
    {
        samples.Add("1.dcm");
        samples.AddDirectory("DICOMDIR");
        Assert.Equal(expected, Get(script).Count);
        Assert.Empty(session.Errors);
    }

    [Fact]
    public void Error_action_stop_ends_the_search()
    {
        samples.AddTruncated("cut.dcm");
        var thrown = Assert.ThrowsAny<RuntimeException>(() => Get("Get-DicomStudy source -ErrorAction Stop"));
        Assert.StartsWith("Truncated,", thrown.ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_counts_files_and_names_nobody()
    {
        samples.Add("MUELLER/1.dcm");
        Get("Get-DicomStudy source");
        Assert.Contains(session.Progress, p => p.RecordType == ProgressRecordType.Completed);
        Assert.All(session.Progress, p => Assert.DoesNotContain("MUELLER", p.Activity + p.StatusDescription + p.CurrentOperation, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(session.Progress, p => p.StatusDescription == "1 files read, 1 of them DICOM");
    }

    [Fact]
    public void Two_patients_in_one_study_are_a_finding()
    {
        samples.Add("1.dcm");
        samples.Add("2.dcm", instance: "2", patient: "P-18");
        Assert.Contains(Assert.Single(Get("Get-DicomStudy source")).Findings, f => f.Kind == FindingKind.SeveralPatients);
    }

    [Theory]
    [InlineData("Get-DicomStudy source -Modallity CT", "NamedParameterNotFound")]
    [InlineData("Get-DicomStudy source -ThrottleLimit 0", "ParameterArgumentValidationError")]
    [InlineData("Get-DicomStudy source -LiteralPath source", "PositionalParameterNotFound")]
    [InlineData("Get-DicomStudy source -PatientId '[z-a'", "RuntimeException")]
    [InlineData("Get-DicomStudy ''", "ParameterArgumentValidationError")]
    public void Wrong_parameters_are_refused(string script, string id)
    {
        Assert.Empty(Get(script));
        Assert.StartsWith(id + ",", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    List<DicomStudy> Get(string script, params object?[] arguments) => [.. session.Invoke(script, arguments).Select(s => (DicomStudy)s.BaseObject)];
}
