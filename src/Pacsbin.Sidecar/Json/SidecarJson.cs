using System.Text.Json;
using System.Text.Json.Serialization;
using Pacsbin.Archives;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Imaging;
using Pacsbin.Projects;
using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Review.Reports;
using Pacsbin.Sidecar.Jobs;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Json;

/// <summary>All JSON that a sidecar reads and writes. It is strict: a mistyped member must not pass for one left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    ReadCommentHandling = JsonCommentHandling.Disallow,
    MaxDepth = 16,
    Converters =
    [
        typeof(TagJsonConverter), typeof(EnumNames<ApprovalOutcome>), typeof(EnumNames<ArchiveAuthentication>), typeof(EnumNames<AttributeFate>), typeof(EnumNames<AuditLogProblem>), typeof(EnumNames<FindingKind>),
        typeof(EnumNames<InstanceStatus>), typeof(EnumNames<JobKind>), typeof(EnumNames<JobState>), typeof(EnumNames<KeySource>), typeof(EnumNames<KeyState>), typeof(EnumNames<PacsbinError>), typeof(EnumNames<PictureFormat>), typeof(EnumNames<RegionShape>), typeof(EnumNames<ReportFormat>),
        typeof(EnumNames<RevocationOutcome>), typeof(EnumNames<ScriptAction>), typeof(EnumNames<ScriptAuditPlace>), typeof(EnumNames<ScriptFormat>), typeof(EnumNames<ScriptVerdict>),
        typeof(EnumNames<SecretPlace>), typeof(EnumNames<ServiceState>), typeof(EnumNames<StudyProblemKind>), typeof(EnumNames<StudyState>), typeof(EnumNames<UidPolicy>),
    ])]
[JsonSerializable(typeof(ApprovalResult))]
[JsonSerializable(typeof(ArchiveList))]
[JsonSerializable(typeof(ArchiveQuestion))]
[JsonSerializable(typeof(ArchiveSummary))]
[JsonSerializable(typeof(ArchiveTestResult))]
[JsonSerializable(typeof(AuditLogState))]
[JsonSerializable(typeof(BurnedRegions))]
[JsonSerializable(typeof(ChangedProject))]
[JsonSerializable(typeof(ConvertedScript))]
[JsonSerializable(typeof(IdentityAnswer))]
[JsonSerializable(typeof(IdentityQuestion))]
[JsonSerializable(typeof(InstanceAttributes))]
[JsonSerializable(typeof(InstanceChanges))]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobOutcome))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(LoginLink))]
[JsonSerializable(typeof(NewApproval))]
[JsonSerializable(typeof(NewProject))]
[JsonSerializable(typeof(NewRegions))]
[JsonSerializable(typeof(NewReport))]
[JsonSerializable(typeof(NewSchedule))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ProjectList))]
[JsonSerializable(typeof(ProjectSummary))]
[JsonSerializable(typeof(RegionList))]
[JsonSerializable(typeof(RegionsToBurn))]
[JsonSerializable(typeof(RemoteStudies))]
[JsonSerializable(typeof(RevocationResult))]
[JsonSerializable(typeof(Schedule))]
[JsonSerializable(typeof(ScheduleList))]
[JsonSerializable(typeof(ScriptAuditResult))]
[JsonSerializable(typeof(System.Net.ServerSentEvents.SseItem<Job>))]
[JsonSerializable(typeof(ScriptToAudit))]
[JsonSerializable(typeof(ScriptToConvert))]
[JsonSerializable(typeof(SeriesImages))]
[JsonSerializable(typeof(SidecarOptions))]
[JsonSerializable(typeof(SidecarState))]
[JsonSerializable(typeof(StudiesToDeidentify))]
[JsonSerializable(typeof(StudiesToFind))]
[JsonSerializable(typeof(StudiesToReceive))]
[JsonSerializable(typeof(StudiesToSend))]
[JsonSerializable(typeof(StudyDetail))]
[JsonSerializable(typeof(StudyList))]
[JsonSerializable(typeof(StudyTestResult))]
[JsonSerializable(typeof(StudyToTest))]
[JsonSerializable(typeof(TextProposals))]
[JsonSerializable(typeof(TextToFind))]
[JsonSerializable(typeof(Upload))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(bool?))]
[JsonSerializable(typeof(double?))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(DateOnly?))]
[JsonSerializable(typeof(PictureFormat?))]
internal sealed partial class SidecarJson : JsonSerializerContext
{
    /// <summary>Makes others' options these.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        var own = Default.Options;
        options.PropertyNamingPolicy = own.PropertyNamingPolicy;
        options.PropertyNameCaseInsensitive = own.PropertyNameCaseInsensitive;
        options.NumberHandling = own.NumberHandling;
        options.UnmappedMemberHandling = own.UnmappedMemberHandling;
        options.AllowDuplicateProperties = own.AllowDuplicateProperties;
        options.RespectNullableAnnotations = own.RespectNullableAnnotations;
        options.RespectRequiredConstructorParameters = own.RespectRequiredConstructorParameters;
        options.ReadCommentHandling = own.ReadCommentHandling;
        options.MaxDepth = own.MaxDepth;
        foreach (var converter in own.Converters)
        {
            options.Converters.Add(converter);
        }

        options.TypeInfoResolverChain.Clear();
        options.TypeInfoResolverChain.Add(Default);
    }
}
