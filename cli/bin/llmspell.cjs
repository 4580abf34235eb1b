#!/usr/bin/env node
'use strict'
// Here before the first build, so that npm can link it.
require('../dist/bin.cjs')
