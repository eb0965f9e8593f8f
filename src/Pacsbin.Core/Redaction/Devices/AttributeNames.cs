using System.Collections.Frozen;
using Pacsbin.Dicom;

namespace Pacsbin.Redaction.Devices;

/// <summary>The attributes' names in scripts: PS3.6's keywords and, where those do not exist, the names that CTP has from its DICOM library.</summary>
/// <remarks>CTP shortens Sequence to Seq, Referenced to Ref and the like, which is undone by rule; the table has the rest. PS3.6 goes first.</remarks>
internal static class AttributeNames
{
    private static readonly FrozenDictionary<string, uint> OtherNames = new Dictionary<string, uint>
    {
        ["ReferringPhysicianPhoneNumbers"] = 0x00080094,
        ["ReferringPhysiciansIDSeq"] = 0x00080096,
        ["CodeSetExtensionFlag"] = 0x0008010B,
        ["PrivateCodingSchemeCreatorUID"] = 0x0008010C,
        ["CodeSetExtensionCreatorUID"] = 0x0008010D,
        ["PhysicianOfRecord"] = 0x00081048,
        ["PhysicianOfRecordIdSeq"] = 0x00081049,
        ["NameOfPhysicianReadingStudy"] = 0x00081060,
        ["PhysicianReadingStudyIdSeq"] = 0x00081062,
        ["OperatorName"] = 0x00081070,
        ["OperatorsIdentificationSeq"] = 0x00081072,
        ["AdmittingDiagnosisDescription"] = 0x00081080,
        ["AdmittingDiagnosisCodeSeq"] = 0x00081084,
        ["RefPPSSeq"] = 0x00081111,
        ["EventElapsedTime"] = 0x00082130,
        ["EventTimerName"] = 0x00082132,
        ["AnatomicStructureSpaceRegionSeq"] = 0x00082229,
        ["ReferringImageEvidenceSeq"] = 0x00089092,
        ["RefGrayscalePresentationStateSeq"] = 0x00089237,
        ["ContrastAllergies"] = 0x00102110,
        ["PatientPhoneNumbers"] = 0x00102154,
        ["CoordinatingCenterName"] = 0x00120060,
        ["DeIdentificationMethod"] = 0x00120063,
        ["DeIdentificationMethodCodeSeq"] = 0x00120064,
        ["ProjectName"] = 0x00131010,
        ["TrialName"] = 0x00131011,
        ["SiteName"] = 0x00131012,
        ["SiteID"] = 0x00131013,
        ["SeqVariant"] = 0x00180021,
        ["InterventionalTherapySeq"] = 0x00180036,
        ["InterventionalStatus"] = 0x00180038,
        ["EffectiveSeriesDuration"] = 0x00180072,
        ["EchoNumber"] = 0x00180086,
        ["SecondaryCaptureDeviceSoftwareVersion"] = 0x00181019,
        ["HardcopyDeviceManfuacturerModelName"] = 0x0018101B,
        ["SoftwareVersion"] = 0x00181020,
        ["FramingType"] = 0x00181064,
        ["FieldOfViewDimension"] = 0x00181149,
        ["ImageAreaDoseProduct"] = 0x0018115E,
        ["FocalSpot"] = 0x00181190,
        ["PhaseEncodingDirection"] = 0x00181312,
        ["dBDt"] = 0x00181318,
        ["NumberofTomosynthesisSourceImages"] = 0x00181495,
        ["VerticesOfPolygonalShutter"] = 0x00181620,
        ["VerticesOfPolygonalCollimator"] = 0x00181720,
        ["ThermalIndex"] = 0x00185024,
        ["SeqOfUltrasoundRegions"] = 0x00186011,
        ["DetectorActiveDimension"] = 0x00187026,
        ["SpatialPreSaturation"] = 0x00189027,
        ["GatingSynchronizationTechnique"] = 0x00189037,
        ["DeCoupling"] = 0x00189059,
        ["DeCoupledNucleus"] = 0x00189060,
        ["DeCouplingFrequency"] = 0x00189061,
        ["DeCouplingMethod"] = 0x00189062,
        ["DeCouplingChemicalShiftReference"] = 0x00189063,
        ["CardiacTriggerSeq"] = 0x00189118,
        ["MetaboliteMapSeq"] = 0x00189152,
        ["RespiratoryMotionCompensation"] = 0x00189170,
        ["BulkMotionSignal"] = 0x00189173,
        ["ApplicableSafetyStandardVersion"] = 0x00189175,
        ["OperationModeSeq"] = 0x00189176,
        ["OperationMode"] = 0x00189178,
        ["ChemicalShiftsMinimumIntegrationLimit"] = 0x00189195,
        ["ChemicalShiftsMaximumIntegrationLimit"] = 0x00189196,
        ["RespiratoryMotionStatus"] = 0x00189214,
        ["CardiacMotionStatus"] = 0x00189236,
        ["TriggerDelayTime"] = 0x00209153,
        ["FunctionalGroupSequencePointer"] = 0x00209167,
        ["DimensionSeq"] = 0x00209222,
        ["LargePaletteColorLUTUid"] = 0x00281214,
        ["ImplantPresent"] = 0x00281300,
        ["MaskPointer"] = 0x00286030,
        ["SignalDomain"] = 0x00289003,
        ["PixelMatrixSeq"] = 0x00289110,
        ["ReasonforStudy"] = 0x00321030,
        ["IssuerOfServiceEpisodeId"] = 0x00380061,
        ["PPSComments"] = 0x00400280,
        ["SPSComments"] = 0x00400400,
        ["IntendedRecipientsOfResultsIDSequence"] = 0x00401011,
        ["PlacerOrderNumber"] = 0x00402016,
        ["FillerOrderNumber"] = 0x00402017,
        ["ConfidentialityPatientData"] = 0x00403001,
        ["RefGenPurposeSchedProcStepTransUID"] = 0x00404023,
        ["ScheduledStationGeographicLocCodeSeq"] = 0x00404027,
        ["PerformedStationGeoLocCodeSeq"] = 0x00404030,
        ["HumanPerformersOrganization"] = 0x00404036,
        ["HumanPerformersName"] = 0x00404037,
        ["RealWorldValueLUTLastValueMappedUS"] = 0x00409211,
        ["RealWorldValueLUTFirstValueMappedUS"] = 0x00409216,
        ["AnnotationSeq"] = 0x0040B020,
        ["StorageMediaFilesetUID"] = 0x00880140,
        ["TopicKeyWords"] = 0x00880912,
        ["InterpretationIdIssuer"] = 0x40080202,
        ["ResultComments"] = 0x40084000,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds the attribute with a name, which is case-sensitive. Of a repeating group it is the first.</summary>
    internal static bool TryGet(string name, out Tag tag)
    {
        if (DicomDictionary.TryGet(name, out var entry) || DicomDictionary.TryGet(Unabridged(name), out entry))
        {
            tag = entry.Tag;
            return true;
        }

        var isKnown = OtherNames.TryGetValue(name, out var value);
        tag = new Tag(value);
        return isKnown;
    }

    private static string Unabridged(string name)
    {
        name = Start(name, "SPS", "ScheduledProcedureStep");
        name = Start(name, "PPS", "PerformedProcedureStep");
        name = name.StartsWith("Refer", StringComparison.Ordinal) ? name : Start(name, "Ref", "Referenced");
        name = End(name, "IdSeq", "IdentificationSeq");
        name = End(name, "Seq", "Sequence");
        name = End(name, "AET", "AETitle");
        name = End(name, "Datetime", "DateTime");
        return name.Replace("PaletteColorLUT", "PaletteColorLookupTable", StringComparison.Ordinal);
    }

    private static string Start(string name, string shortened, string full) =>
        name.StartsWith(shortened, StringComparison.Ordinal) ? full + name[shortened.Length..] : name;

    private static string End(string name, string shortened, string full) =>
        name.EndsWith(shortened, StringComparison.Ordinal) ? name[..^shortened.Length] + full : name;
}
