namespace TaskDsl.Data;

/// <summary>One file of a source, or all that one computes.</summary>
/// <param name="Source">The source.</param>
/// <param name="Path">The file's absolute path; of what is computed, its name.</param>
/// <param name="Name">Its name in messages.</param>
/// <param name="Language">The language of its records.</param>
/// <param name="Keys">Chooses its test records; null where nothing does.</param>
internal sealed record SourceFile(DataSource Source, string Path, string Name, string Language, TestKeys? Keys);
