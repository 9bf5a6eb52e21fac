namespace TaskDsl.Vocabulary;

/// <summary>
/// What stands beside the property in its record is said once for each of the values that it lists, and <c>${each.name}</c> is one of them:
/// <c>over</c>, a map of names to values, and <c>seeds</c>. The record has a static method <c>Swept</c> that takes the property and, as a
/// function of the values, the rest.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EachAttribute : Attribute;
