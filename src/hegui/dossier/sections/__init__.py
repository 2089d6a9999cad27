"""The sections of the self-assessment, one file each: from material to paragraphs and tables."""
