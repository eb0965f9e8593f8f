namespace Pacsbin.Dicom;

/// <summary>The attributes that the code itself speaks of, under their PS3.6 keywords.</summary>
public static class Tags
{
    public static readonly Tag FileMetaInformationGroupLength = new(0x00020000);
    public static readonly Tag FileMetaInformationVersion = new(0x00020001);
    public static readonly Tag MediaStorageSopClassUid = new(0x00020002);
    public static readonly Tag MediaStorageSopInstanceUid = new(0x00020003);
    public static readonly Tag TransferSyntaxUid = new(0x00020010);
    public static readonly Tag ImplementationClassUid = new(0x00020012);
    public static readonly Tag ImplementationVersionName = new(0x00020013);
    public static readonly Tag DirectoryRecordSequence = new(0x00041220);
    public static readonly Tag SpecificCharacterSet = new(0x00080005);
    public static readonly Tag ImageType = new(0x00080008);
    public static readonly Tag SopClassUid = new(0x00080016);
    public static readonly Tag SopInstanceUid = new(0x00080018);
    public static readonly Tag StudyDate = new(0x00080020);
    public static readonly Tag AccessionNumber = new(0x00080050);
    public static readonly Tag Modality = new(0x00080060);
    public static readonly Tag StudyDescription = new(0x00081030);
    public static readonly Tag PatientName = new(0x00100010);
    public static readonly Tag PatientId = new(0x00100020);
    public static readonly Tag IssuerOfPatientId = new(0x00100021);
    public static readonly Tag PatientIdentityRemoved = new(0x00120062);
    public static readonly Tag DeidentificationMethod = new(0x00120063);
    public static readonly Tag DeidentificationMethodCodeSequence = new(0x00120064);
    public static readonly Tag StudyInstanceUid = new(0x0020000D);
    public static readonly Tag SeriesInstanceUid = new(0x0020000E);
    public static readonly Tag SeriesNumber = new(0x00200011);
    public static readonly Tag InstanceNumber = new(0x00200013);
    public static readonly Tag SamplesPerPixel = new(0x00280002);
    public static readonly Tag PhotometricInterpretation = new(0x00280004);
    public static readonly Tag PlanarConfiguration = new(0x00280006);
    public static readonly Tag NumberOfFrames = new(0x00280008);
    public static readonly Tag Rows = new(0x00280010);
    public static readonly Tag Columns = new(0x00280011);
    public static readonly Tag BitsAllocated = new(0x00280100);
    public static readonly Tag BitsStored = new(0x00280101);
    public static readonly Tag HighBit = new(0x00280102);
    public static readonly Tag PixelRepresentation = new(0x00280103);
    public static readonly Tag BurnedInAnnotation = new(0x00280301);
    public static readonly Tag LongitudinalTemporalInformationModified = new(0x00280303);
    public static readonly Tag PixelDataProviderUrl = new(0x00287FE0);
    public static readonly Tag EncryptedAttributesSequence = new(0x04000500);
    public static readonly Tag ExtendedOffsetTable = new(0x7FE00001);
    public static readonly Tag ExtendedOffsetTableLengths = new(0x7FE00002);
    public static readonly Tag EncapsulatedPixelDataValueTotalLength = new(0x7FE00003);
    public static readonly Tag FloatPixelData = new(0x7FE00008);
    public static readonly Tag DoubleFloatPixelData = new(0x7FE00009);
    public static readonly Tag PixelData = new(0x7FE00010);
    public static readonly Tag DataSetTrailingPadding = new(0xFFFCFFFC);
    public static readonly Tag Item = new(0xFFFEE000);
    public static readonly Tag ItemDelimitation = new(0xFFFEE00D);
    public static readonly Tag SequenceDelimitation = new(0xFFFEE0DD);
}
