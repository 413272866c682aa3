"""Which DICOM attributes stay when a person is to be forgotten: a keep-list, by keyword.

What is not named here goes, known or not. The list serves the Basic Application Level
Confidentiality Profile of PS3.15 annex E with two of its options: Retain Longitudinal Temporal
Information With Modified Dates, and Retain Patient Characteristics (sex, age, size, weight, which
SUV needs). Free text stays nowhere; texts that a valid object must carry are replaced.
"""

from __future__ import annotations

_IDENTIFICATION = """
SpecificCharacterSet ImageType SOPClassUID SOPInstanceUID StudyDate SeriesDate AcquisitionDate
ContentDate AcquisitionDateTime StudyTime SeriesTime AcquisitionTime ContentTime Modality
ConversionType PresentationIntentType Manufacturer ManufacturerModelName SoftwareVersions
StudyInstanceUID SeriesInstanceUID SeriesNumber AcquisitionNumber InstanceNumber
InstanceCreationDate InstanceCreationTime InstanceCreatorUID FrameOfReferenceUID
PositionReferenceIndicator Laterality ImageLaterality BodyPartExamined PatientPosition PatientSex
PatientAge PatientSize PatientWeight TimezoneOffsetFromUTC LossyImageCompression
LossyImageCompressionRatio LossyImageCompressionMethod BurnedInAnnotation
RecognizableVisualFeatures QualityControlImage ContentQualification
"""
_PIXELS = """
SamplesPerPixel PhotometricInterpretation PlanarConfiguration NumberOfFrames Rows Columns
BitsAllocated BitsStored HighBit PixelRepresentation SmallestImagePixelValue
LargestImagePixelValue PixelPaddingValue PixelPaddingRangeLimit PixelAspectRatio PixelSpacing
ImagerPixelSpacing NominalScannedPixelSpacing PixelSpacingCalibrationType
EstimatedRadiographicMagnificationFactor RescaleIntercept RescaleSlope RescaleType WindowCenter
WindowWidth VOILUTFunction PresentationLUTShape RedPaletteColorLookupTableDescriptor
GreenPaletteColorLookupTableDescriptor BluePaletteColorLookupTableDescriptor
RedPaletteColorLookupTableData GreenPaletteColorLookupTableData BluePaletteColorLookupTableData
PixelData FloatPixelData DoubleFloatPixelData ModalityLUTSequence VOILUTSequence LUTDescriptor
LUTData ModalityLUTType RealWorldValueMappingSequence RealWorldValueFirstValueMapped
RealWorldValueLastValueMapped RealWorldValueIntercept RealWorldValueSlope
MeasurementUnitsCodeSequence LUTLabel DoubleFloatRealWorldValueFirstValueMapped
DoubleFloatRealWorldValueLastValueMapped QuantityDefinitionSequence
"""
_GEOMETRY = """
ImagePositionPatient ImageOrientationPatient SliceThickness SpacingBetweenSlices SliceLocation
GantryDetectorTilt TableHeight ImagesInAcquisition NumberOfTemporalPositions
TemporalPositionIdentifier TemporalResolution TriggerTime StackID InStackPositionNumber
DimensionOrganizationSequence DimensionOrganizationUID DimensionOrganizationType
DimensionIndexSequence DimensionIndexPointer FunctionalGroupPointer DimensionIndexValues
SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence PlanePositionSequence
PlaneOrientationSequence PixelMeasuresSequence FrameContentSequence FrameAnatomySequence
FrameLaterality AnatomicRegionSequence PrimaryAnatomicStructureSequence
AnatomicRegionModifierSequence PixelValueTransformationSequence FrameVOILUTSequence
FrameReferenceDateTime FrameAcquisitionDateTime FrameAcquisitionDuration FrameAcquisitionNumber
TemporalPositionIndex VolumetricProperties VolumeBasedCalculationTechnique PixelPresentation
FrameType CTImageFrameTypeSequence MRImageFrameTypeSequence PETFrameTypeSequence NumberOfSlices
NumberOfTimeSlices SeriesType
"""
_CT = """
ScanOptions KVP DataCollectionDiameter ReconstructionDiameter DistanceSourceToDetector
DistanceSourceToPatient RotationDirection ExposureTime XRayTubeCurrent Exposure ExposureInuAs
FilterType GeneratorPower FocalSpots ConvolutionKernel RevolutionTime SingleCollimationWidth
TotalCollimationWidth TableSpeed TableFeedPerRotation SpiralPitchFactor AcquisitionType CTDIvol
MultienergyCTAcquisition ReconstructionAlgorithm
"""
_MR = """
ScanningSequence SequenceVariant MRAcquisitionType AngioFlag RepetitionTime EchoTime InversionTime
NumberOfAverages ImagingFrequency ImagedNucleus EchoNumbers MagneticFieldStrength
NumberOfPhaseEncodingSteps EchoTrainLength PercentSampling PercentPhaseFieldOfView PixelBandwidth
AcquisitionMatrix InPlanePhaseEncodingDirection FlipAngle VariableFlipAngleFlag SAR dBdt
DiffusionBValue DiffusionGradientOrientation EffectiveEchoTime
MRTimingAndRelatedParametersSequence MREchoSequence MRModifierSequence MRImagingModifierSequence
MRReceiveCoilSequence MRFOVGeometrySequence MRAveragesSequence MRDiffusionSequence
DiffusionDirectionality ResonantNucleus PulseSequenceName EchoPulseSequence AcquisitionContrast
ComplexImageComponent InversionRecovery SpectrallySelectedSuppression
"""
_CONTRAST = """
ContrastBolusVolume ContrastBolusTotalDose ContrastBolusIngredient
ContrastBolusIngredientConcentration ContrastBolusAgentSequence
"""
_PET = """
Units CountsSource CorrectedImage DecayCorrection AttenuationCorrectionMethod ReconstructionMethod
ScatterCorrectionMethod RandomsCorrectionMethod DecayFactor DoseCalibrationFactor
ScatterFractionFactor DeadTimeFactor FrameReferenceTime ActualFrameDuration ImageIndex
RadiopharmaceuticalInformationSequence RadionuclideTotalDose RadionuclideHalfLife
RadionuclidePositronFraction RadiopharmaceuticalStartTime RadiopharmaceuticalStartDateTime
RadiopharmaceuticalStopTime RadiopharmaceuticalVolume RadiopharmaceuticalSpecificActivity
RadionuclideCodeSequence RadiopharmaceuticalCodeSequence AcquisitionStartCondition
AcquisitionTerminationCondition CollimatorType SUVType PatientOrientationCodeSequence
PatientOrientationModifierCodeSequence PatientGantryRelationshipCodeSequence
SliceSensitivityFactor
"""
_CODES = """
CodeValue LongCodeValue URNCodeValue CodingSchemeDesignator CodingSchemeVersion CodeMeaning
ContextIdentifier ContextUID MappingResource ContextGroupVersion
CodingSchemeIdentificationSequence CodingSchemeUID CodingSchemeRegistry CodingSchemeName
"""
_REFERENCES = """
ReferencedStudySequence ReferencedSeriesSequence ReferencedInstanceSequence
ReferencedImageSequence ReferencedSOPSequence ReferencedSOPClassUID ReferencedSOPInstanceUID
ReferencedFrameNumber SourceImageSequence DerivationImageSequence DerivationCodeSequence
PurposeOfReferenceCodeSequence StudiesContainingOtherReferencedInstancesSequence
ReferencedFrameOfReferenceSequence ReferencedFrameOfReferenceUID
FrameOfReferenceTransformationMatrix FrameOfReferenceTransformationMatrixType RegistrationSequence
MatrixRegistrationSequence MatrixSequence RegistrationTypeCodeSequence UsedFiducialsSequence
FiducialSetSequence FiducialUID ReferencedSegmentNumber SpatialLocationsPreserved
ReferencedImageBoxSequence
"""
_SEGMENTS = """
SegmentationType SegmentSequence SegmentNumber SegmentLabel SegmentAlgorithmType
SegmentAlgorithmName SegmentedPropertyCategoryCodeSequence SegmentedPropertyTypeCodeSequence
SegmentedPropertyTypeModifierCodeSequence SegmentIdentificationSequence
RecommendedDisplayCIELabValue RecommendedDisplayGrayscaleValue SegmentationFractionalType
MaximumFractionalValue SegmentsOverlap TrackingID TrackingUID ContentLabel
SegmentationAlgorithmIdentificationSequence AlgorithmFamilyCodeSequence AlgorithmName
AlgorithmVersion
"""
_REPORT = """
ValueType ConceptNameCodeSequence ConceptCodeSequence ContinuityOfContent ContentTemplateSequence
TemplateIdentifier ContentSequence RelationshipType ReferencedContentItemIdentifier
MeasuredValueSequence NumericValue FloatingPointValue RationalNumeratorValue
RationalDenominatorValue NumericValueQualifierCodeSequence GraphicData GraphicType
ReferencedSOPSequence DateTime Date Time UID CompletionFlag VerificationFlag PreliminaryFlag
CurrentRequestedProcedureEvidenceSequence PertinentOtherEvidenceSequence ObservationDateTime
ReferencedWaveformChannels TemporalRangeType ReferencedSamplePositions
PerformedProcedureCodeSequence ReferencedPerformedProcedureStepSequence FiducialsCode
"""
_PRESENTATION = """
PresentationCreationDate PresentationCreationTime DisplayedAreaSelectionSequence
DisplayedAreaTopLeftHandCorner DisplayedAreaBottomRightHandCorner PresentationSizeMode
PresentationPixelSpacing PresentationPixelAspectRatio PresentationPixelMagnificationRatio
SoftcopyVOILUTSequence GraphicAnnotationSequence GraphicLayer GraphicLayerSequence
GraphicLayerOrder GraphicLayerRecommendedDisplayGrayscaleValue
GraphicLayerRecommendedDisplayCIELabValue GraphicObjectSequence GraphicAnnotationUnits
GraphicDimensions NumberOfGraphicPoints GraphicFilled ImageRotation ImageHorizontalFlip
ShutterShape
"""
_STRUCTURES = """
StructureSetDate StructureSetTime StructureSetLabel RTReferencedStudySequence
RTReferencedSeriesSequence ContourImageSequence StructureSetROISequence ROINumber ROIName
ROIGenerationAlgorithm ROIContourSequence ROIDisplayColor ContourSequence ContourGeometricType
NumberOfContourPoints ContourData ReferencedROINumber RTROIObservationsSequence ObservationNumber
RTROIInterpretedType
"""

KEEP = frozenset(
    " ".join(
        (
            _IDENTIFICATION, _PIXELS, _GEOMETRY, _CT, _MR, _CONTRAST, _PET, _CODES, _REFERENCES,
            _SEGMENTS, _REPORT, _PRESENTATION, _STRUCTURES,
        )
    ).split()
) - {"FiducialsCode"}  # fmt: skip
"""Keywords of the attributes that stay; their values are judged by their kind all the same."""

SAFE_TEXT = {
    "CodeValue": r"[A-Za-z0-9.\-_:/]{1,16}",
    "LongCodeValue": r"[A-Za-z0-9.\-_:/]{1,64}",
    "URNCodeValue": r"urn:[A-Za-z0-9.\-_:/]{1,200}",
    "CodingSchemeDesignator": r"[A-Z0-9_]{1,16}",
    "CodingSchemeVersion": r"[0-9._]{1,16}",
    "CodingSchemeRegistry": r"HL7",
    "ContextIdentifier": r"[0-9]{1,8}",
    "TemplateIdentifier": r"[0-9]{1,8}",
    "TimezoneOffsetFromUTC": r"[+\-][0-9]{4}",
    "RescaleType": r"HU|US|OD|Z_EFF|ED|EDW|HU_MOD|PCT|BQML|SUV",
    "StackID": r"[0-9]{1,8}",
    "ConvolutionKernel": r"[A-Za-z]{0,8}[0-9]{0,3}[a-z]?",
    "FilterType": r"[A-Z0-9_ ]{1,16}",
    "ImagedNucleus": r"[0-9]{0,3}[A-Z][a-z]?[0-9]{0,3}",
    "ReconstructionMethod": r"[A-Z0-9+\- .]{1,32}",
    "AttenuationCorrectionMethod": r"(?i)ct|none|measured|calculated|attn",
    "Manufacturer": r"(?i)[a-z. ]*(siemens|ge|philips|canon|toshiba|hitachi|hyperfine|fujifilm|"
    r"united imaging|mediso|hologic|batson)[a-z. ]*",
    "PulseSequenceName": r"\*?[a-z0-9_]{1,16}",
    "GraphicLayer": r"[A-Z0-9_]{1,16}",
    "AlgorithmVersion": r"[0-9.]{1,16}",
}
"""Texts that stay when they are nothing but such a word; any other kept text is replaced."""

DUMMIES = {
    "ManufacturerModelName": "UNKNOWN",
    "Manufacturer": "UNKNOWN",
    "SoftwareVersions": "UNKNOWN",
    "DeviceSerialNumber": "0000",
    "SegmentLabel": "Segment",
    "SegmentAlgorithmName": "Algorithm",
    "AlgorithmName": "Algorithm",
    "AlgorithmVersion": "0",
    "TrackingID": "lesion",
    "ContentLabel": "CONTENT",
    "StructureSetLabel": "STRUCTURES",
    "ROIName": "Region",
    "LUTLabel": "LUT",
    "CodingSchemeDesignator": "99ANON",
    "CodeMeaning": "Removed",
    "CodeValue": "0",
    "GraphicLayer": "LAYER",
    "StackID": "1",
    "PulseSequenceName": "unknown",
    "RescaleType": "US",
}
"""What stands where an object is not valid without a text (types 1 and 1C); other texts go."""

MEANING_SCHEMES = frozenset({"DCM", "SCT", "SRT", "SNM3", "UCUM", "LN", "FMA", "UMLS", "RADLEX",
                             "NCIt", "99BATSON"})  # fmt: skip
"""Coding schemes whose meanings are words of the scheme, not of somebody who typed them."""

EMPTY = (
    "AccessionNumber",
    "PatientBirthDate",
    "ReferringPhysicianName",
    "StudyID",
)
"""Attributes that every object must carry and may leave empty (type 2)."""

EMPTY_WHERE_THERE = ("ContentCreatorName", "ContentDescription", "OperatorsName", "ROIInterpreter")
"""Attributes that some objects must carry and may leave empty."""

CLASS_UIDS = frozenset(
    {
        "CodingSchemeUID",
        "ContextUID",
        "MappingResourceUID",
        "ReferencedSOPClassUID",
        "SOPClassUID",
    }
)
"""UIDs that name a kind of thing and not a thing."""
